"""Converts pydantic's validation errors to one plain sentence.

The sentence names the field and the accepted values. It never repeats a value, only the name of an
unknown key, which is cut to 40 characters.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from functools import cache
from typing import Any

from pydantic import TypeAdapter, ValidationError

from face_utils.schema_words import Schema, describe_value

Location = Sequence[str | int]

KEY_LENGTH = 40
_UNKNOWN_KEY = {"extra_forbidden", "unexpected_keyword_argument", "invalid_key"}
TOO_MANY_KEYS = "too_many_keys"
"""Type of an error at an object whose context has one unknown `key`."""

SENTENCE = "sentence"
"""Type of a `PydanticCustomError` whose message is already a sentence for people."""


def explain(error: ValidationError, model: Any, root: str, mapping: str = "an object") -> str:
    """Describes the first problem of a payload.

    Args:
        error: The error of pydantic.
        model: The type that the payload was validated against.
        root: Name of the payload.
        mapping: Name of a JSON object in the format that the payload is written in.
    """
    first = error.errors(include_url=False, include_input=False)[0]
    location, kind = first["loc"], first["type"]
    if kind == SENTENCE:
        return first["msg"]
    if kind == TOO_MANY_KEYS:
        location, kind = (*location, first["ctx"]["key"]), "extra_forbidden"
    if kind in _UNKNOWN_KEY:
        known = _locate(_schema(model), location[:-1]).get("properties", ())
        return unknown_key(_name(location[:-1]) or root, str(location[-1]), known)
    if kind == "missing" and isinstance(location[-1], int):  # A list that is too short.
        location, kind = location[:-1], "too_short"
    right = describe_value(_locate(_schema(model), location), mapping)
    verb = "is required and must be" if kind == "missing" else "must be"
    return f"{_name(location) or root} {verb} {right}."


def unknown_key(where: str, key: str, known: Iterable[str]) -> str:
    """Reports an unknown key, and suggests the nearest known one."""
    cut = key[:KEY_LENGTH]
    nearest = get_close_matches(cut, list(known), 1)
    hint = f" Did you mean {nearest[0]!r}?" if nearest else ""
    return f"{where} has an unknown key {cut!r}.{hint}"


@cache
def _schema(model: Any) -> Schema:
    return TypeAdapter(model).json_schema()


def _name(location: Location) -> str:
    parts = [f"[{part}]" if isinstance(part, int) else f".{part}" for part in location]
    return "".join(parts).removeprefix(".")


def _locate(schema: Schema, location: Location) -> Schema:
    """The part of a JSON Schema that describes the value at a location."""
    definitions, node = schema.get("$defs", {}), _resolve(schema, schema)
    for part in location:
        node = _resolve(_step(node, part), {"$defs": definitions})
    return node


def _step(node: Schema, part: str | int) -> Schema:
    if isinstance(part, str):
        found = node.get("properties", {}).get(part) or node.get("additionalProperties")
    else:
        places = node.get("prefixItems", ())
        found = places[part] if part < len(places) else node.get("items")
    return found if isinstance(found, dict) else {}


def _resolve(node: Schema, root: Schema) -> Schema:
    """Follows a reference, and skips null in a type that may also be null."""
    if "anyOf" in node:
        node = next(choice for choice in node["anyOf"] if choice.get("type") != "null")
    if "$ref" in node:
        target: Schema = root["$defs"][node["$ref"].rpartition("/")[2]]
        return target
    return node
