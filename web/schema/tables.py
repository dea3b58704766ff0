"""Field tables of the reference pages, in Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pydantic import TypeAdapter

from face_utils.model_spec import ModelSpec
from face_utils.schema_words import describe_value
from web.protocol.acks import Analysed
from web.protocol.error_codes import MEANINGS
from web.schema.catalog import CLIENT_EVENTS, SERVER_EVENTS, Event
from web.schema.json_schema import Schema, definitions, tidy

Row = tuple[str, str, str]
"""Path of a field, its type, its meaning."""


def protocol_tables() -> dict[str, str]:
    """The tables of the protocol page by name."""
    known = definitions()
    events = {event.name: _event_table(event, known) for event in (*SERVER_EVENTS, *CLIENT_EVENTS)}
    ack = _table(["field", "type", "meaning"], _fields(known[Analysed.__name__], known))
    errors = _table(["code", "meaning"], ((f"`{code}`", MEANINGS[code]) for code in MEANINGS))
    return {**events, "frame ack": ack, "errors": errors}


def contract_tables() -> dict[str, str]:
    """The tables of the page on models by name."""
    schema = tidy(TypeAdapter(ModelSpec).json_schema())
    del schema["properties"]["name"]  # The heading of the table in models.toml.
    return {"models.toml": _table(["key", "type", "meaning"], _fields(schema, schema["$defs"]))}


def _event_table(event: Event, known: dict[str, Schema]) -> str:
    rows = list(_fields(known[event.payload.__name__], known))
    if event.binary:
        rows.append((f"`{event.binary.name}`", "binary", event.binary.meaning))
    return _table(["field", "type", "meaning"], rows)


def _table(head: list[str], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _fields(schema: Schema, known: dict[str, Schema]) -> Iterator[Row]:
    """One row per field; of a field that several kinds of an object share, only one."""
    merged: dict[str, Row] = {}
    for path, kind, meaning in _walk(schema, known, ""):
        other = merged.get(path, (path, kind, meaning))
        merged[path] = (path, _join(other[1], kind, " or "), _join(other[2], meaning, "; "))
    return ((f"`{path}`", kind, meaning) for path, kind, meaning in merged.values())


def _join(first: str, second: str, by: str) -> str:
    return first if first == second else first + by + second


def _walk(schema: Schema, known: dict[str, Schema], prefix: str) -> Iterator[Row]:
    required = schema.get("required", ())
    for name, node in schema.get("properties", {}).items():
        optional = "" if name in required else ", optional"
        yield prefix + name, _type(node, known) + optional, node.get("description", "")
        for step, part in _parts(node):
            yield from _walk(known[part], known, f"{prefix}{name}{step}.")
    rest = schema.get("additionalProperties")
    if isinstance(rest, dict):
        yield prefix + "UNIT", _type(rest, known), rest["description"]


def _parts(node: Schema) -> Iterator[tuple[str, str]]:
    """How to get from a field to the objects in it, and their names."""
    inside = {"": node, "[]": node.get("items"), ".NAME": node.get("additionalProperties")}
    for step, part in inside.items():
        if isinstance(part, dict):
            for choice in part.get("anyOf", [part]):
                if "$ref" in choice:
                    yield step, choice["$ref"].rpartition("/")[2]


def _type(node: Schema, known: dict[str, Schema]) -> str:
    if "anyOf" in node:
        return " or ".join(_type(choice, known) for choice in node["anyOf"])
    if "enum" in node.get("items", ()):
        return f"list of {_type(node['items'], known)}"
    if "const" in node or "enum" in node:
        return ", ".join(f"`{value}`" for value in node.get("enum") or [node["const"]])
    if node.get("type") == "null":
        return "null"
    words = describe_value({"type": "object"} if "$ref" in node else node)
    return words.removeprefix("an ").removeprefix("a ")
