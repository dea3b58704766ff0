"""AsyncAPI 3 document of the Socket.IO events."""

from __future__ import annotations

from typing import Any

from web.schema.catalog import CLIENT_EVENTS, SERVER_EVENTS, Event, Model
from web.schema.json_schema import Schema, definitions

_CHANNEL = "#/channels/mien"
_SCHEMAS = "#/components/schemas/"
_BINARY: Schema = {"type": "string", "contentEncoding": "binary"}


def asyncapi() -> Schema:
    """The whole document. Its schemas are in the dialect that AsyncAPI uses, draft 7."""
    events = (*CLIENT_EVENTS, *SERVER_EVENTS)
    acks = dict.fromkeys(ack for event in events for ack in event.acks)
    messages = {event.name: _message(event) for event in events}
    messages |= {_ack_name(ack): _ack(ack) for ack in acks}
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Mien",
            "version": "1",
            "description": "Live face analysis over Socket.IO (protocol 5). The payload of a "
            "client event is the list of its arguments, that of a server event its one argument.",
        },
        "defaultContentType": "application/json",
        "channels": {
            "mien": {
                "address": "/socket.io/",
                "title": "Socket.IO namespace /",
                "messages": messages,
            }
        },
        "operations": _operations(),
        "components": {"schemas": _draft_7(definitions())},
    }


def _operations() -> Schema:
    """Clients send what the server receives: AsyncAPI takes the server's view."""
    received = {event.name: _operation("receive", event) for event in CLIENT_EVENTS}
    sent = {event.name: _operation("send", event) for event in SERVER_EVENTS}
    return received | sent


def _operation(action: str, event: Event) -> Schema:
    operation: Schema = {
        "action": action,
        "summary": event.summary,
        "channel": {"$ref": _CHANNEL},
        "messages": [{"$ref": f"{_CHANNEL}/messages/{event.name}"}],
    }
    if event.acks:
        acks = [{"$ref": f"{_CHANNEL}/messages/{_ack_name(ack)}"} for ack in event.acks]
        operation["reply"] = {"channel": {"$ref": _CHANNEL}, "messages": acks}
    return operation


def _message(event: Event) -> Schema:
    payload: Schema = {"$ref": _SCHEMAS + event.payload.__name__}
    if event in CLIENT_EVENTS:
        payload = _arguments(event, payload)
    return {"name": event.name, "summary": event.summary, "payload": payload}


def _arguments(event: Event, first: Schema) -> Schema:
    if event.binary is None:
        return {"type": "array", "items": [first], "minItems": 1, "maxItems": 1}
    binary = {**_BINARY, "description": event.binary.meaning}
    if event.binary.many:
        return {"type": "array", "items": [first], "minItems": 1, "additionalItems": binary}
    return {"type": "array", "items": [first, binary], "minItems": 2, "maxItems": 2}


def _ack_name(ack: Model) -> str:
    return f"ack_{ack.__name__}"


def _ack(ack: Model) -> Schema:
    summary = (ack.__doc__ or "").partition("\n\n")[0]
    return {"name": "ack", "summary": summary, "payload": {"$ref": _SCHEMAS + ack.__name__}}


def _draft_7(schema: Any) -> Any:
    """Draft 7 has `items` where later ones have `prefixItems`, and keeps definitions elsewhere."""
    if isinstance(schema, list):
        return [_draft_7(value) for value in schema]
    if not isinstance(schema, dict):
        return schema
    renamed = {"items" if key == "prefixItems" else key: schema[key] for key in schema}
    return {
        key: value.replace("#/$defs/", _SCHEMAS) if key == "$ref" else _draft_7(value)
        for key, value in renamed.items()
    }
