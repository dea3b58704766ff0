"""The generated documents, and where they are."""

from __future__ import annotations

import json
import re
from pathlib import Path

from web.schema.asyncapi import asyncapi
from web.schema.javascript import javascript_limits, javascript_types
from web.schema.json_schema import Schema, protocol_schema
from web.schema.tables import contract_tables, protocol_tables

ROOT = Path(__file__).parents[2]
REFERENCE = ROOT / "docs" / "reference"

_MARKED = re.compile(r"(<!-- generated: ([^>]+) -->\n).*?(<!-- /generated -->)", re.DOTALL)


def documents() -> dict[Path, str]:
    """The text that each document should have."""
    return {
        REFERENCE / "protocol.schema.json": _json(protocol_schema()),
        REFERENCE / "protocol.asyncapi.json": _json(asyncapi()),
        REFERENCE / "protocol.md": _page("protocol.md", protocol_tables()),
        REFERENCE / "models.md": _page("models.md", contract_tables()),
        ROOT / "static" / "js" / "protocol-limits.js": javascript_limits(),
        ROOT / "static" / "js" / "protocol-types.js": javascript_types(),
    }


def fill(text: str, tables: dict[str, str]) -> str:
    """A page with each table between the markers of its name.

    Raises:
        KeyError: The page has a marker of a table that does not exist.
    """
    return _MARKED.sub(lambda found: f"{found[1]}{tables[found[2]]}\n{found[3]}", text)


def _page(name: str, tables: dict[str, str]) -> str:
    return fill((REFERENCE / name).read_text(encoding="utf-8"), tables)


def _json(document: Schema) -> str:
    return json.dumps(document, indent=2) + "\n"
