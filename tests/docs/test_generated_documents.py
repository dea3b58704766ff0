"""The documents that are generated from the pydantic models are those of these models."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, get_args

import pytest
from jsonschema import Draft7Validator, Draft202012Validator

from face_utils.errors import ErrorCode
from web.protocol.error_codes import MEANINGS
from web.schema.asyncapi import asyncapi
from web.schema.documents import ROOT, documents, fill
from web.schema.json_schema import definitions, protocol_schema

DOCUMENTS = documents()


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_a_generated_document_is_up_to_date(path: Path) -> None:
    assert path.read_text(encoding="utf-8") == DOCUMENTS[path], (
        f"{path.relative_to(ROOT)} is stale. Run `make generate`."
    )


def test_a_table_is_filled_between_its_markers() -> None:
    page = "a\n<!-- generated: x -->\nold\n<!-- /generated -->\nb\n"
    filled = fill(page, {"x": "| new |"})
    assert filled == "a\n<!-- generated: x -->\n| new |\n<!-- /generated -->\nb\n"
    assert fill(filled, {"x": "| new |"}) == filled
    with pytest.raises(KeyError):
        fill(page, {})


def test_every_error_code_has_a_meaning() -> None:
    assert tuple(MEANINGS) == get_args(ErrorCode)


def test_the_schemas_are_valid_in_their_dialects() -> None:
    Draft202012Validator.check_schema(protocol_schema())
    Draft7Validator.check_schema(asyncapi()["components"]["schemas"])


def test_every_field_of_every_payload_says_what_it_means() -> None:
    for name, schema in definitions().items():
        for field, node in schema.get("properties", {}).items():
            assert node.get("description"), f"{name}.{field}"


def test_every_reference_of_the_asyncapi_document_leads_to_something() -> None:
    document = json.loads(json.dumps(asyncapi()))
    references = list(find_references(document))
    assert references
    for reference in references:
        node = document
        for step in reference.removeprefix("#/").split("/"):
            node = node[step]


def find_references(node: Any) -> list[str]:
    if isinstance(node, list):
        return [found for value in node for found in find_references(value)]
    if not isinstance(node, dict):
        return []
    own = [node["$ref"]] if isinstance(node.get("$ref"), str) else []
    return own + [found for value in node.values() for found in find_references(value)]
