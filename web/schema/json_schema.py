"""JSON Schema of every payload of the protocol."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Literal

from pydantic.json_schema import models_json_schema

from web.schema.catalog import CLIENT_EVENTS, SERVER_EVENTS, Model

Schema = dict[str, Any]


def protocol_schema() -> Schema:
    """One definition per payload, in the dialect of 2020-12."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Payloads of the Mien protocol, version 1",
        "$defs": definitions(),
    }


def definitions() -> dict[str, Schema]:
    """Schemas of all payloads and their parts by name."""
    client = _schemas([event.payload for event in CLIENT_EVENTS], "validation")
    events = [event.payload for event in SERVER_EVENTS]
    acks = [ack for event in CLIENT_EVENTS for ack in event.acks]
    server = _schemas([*events, *acks], "serialization")
    return {
        **{name: tidy(schema) for name, schema in client.items()},
        **{name: tidy(_as_sent(schema)) for name, schema in server.items()},
    }


def tidy(schema: Schema) -> Schema:
    """Leaves out titles that repeat a name, examples, and null as a default."""
    for node in _nodes(schema):
        for field in node.get("properties", {}).values():
            field.pop("title", None)
            if "default" in field and field["default"] is None:
                del field["default"]
        if isinstance(node.get("description"), str):
            node["description"] = node["description"].partition("\n\n")[0]
    return schema


def _schemas(
    models: Iterable[Model], mode: Literal["validation", "serialization"]
) -> dict[str, Schema]:
    distinct = dict.fromkeys(models)
    _, schema = models_json_schema([(model, mode) for model in distinct])
    found: dict[str, Schema] = schema["$defs"]
    tuples = {name: found.pop(name) for name in list(found) if found[name]["type"] == "array"}
    _inline(found, tuples)
    return found


def _inline(schema: Any, tuples: dict[str, Schema]) -> None:
    """Writes boxes and points out where they are used: a name would say less than the numbers."""
    for node in list(_nodes(schema)):
        name = node.get("$ref", "").rpartition("/")[2]
        if name in tuples:
            del node["$ref"]
            numbers = [{"type": item["type"]} for item in tuples[name]["prefixItems"]]
            node.update(tuples[name] | {"prefixItems": numbers})


def _as_sent(schema: Schema) -> Schema:
    """A payload of the server: always complete, and open to keys that clients do not know yet."""
    if schema.get("additionalProperties") is False:
        del schema["additionalProperties"]
    fields = schema["properties"]
    schema["required"] = [name for name in fields if fields[name].get("default", ...) is not None]
    for field in fields.values():
        field.pop("default", None)
        field.pop("readOnly", None)
    return schema


def _nodes(schema: Any) -> Iterator[Schema]:
    if isinstance(schema, dict):
        yield schema
        for value in schema.values():
            yield from _nodes(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from _nodes(value)
