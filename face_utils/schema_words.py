"""Describes in words the values that a JSON Schema accepts, for messages and tables."""

from __future__ import annotations

from typing import Any

Schema = dict[str, Any]

_LIMITS = {
    "minimum": "of at least",
    "exclusiveMinimum": "above",
    "maximum": "of at most",
    "exclusiveMaximum": "below",
}


def describe_value(node: Schema, mapping: str = "an object") -> str:
    """Describes the values that a JSON Schema accepts.

    Example:
        >>> describe_value({"type": "integer", "minimum": 1, "maximum": 9})
        'a whole number from 1 to 9'

    Args:
        node: The schema, without references.
        mapping: Name of a JSON object in the format that the value is written in.
    """
    if "enum" in node or "const" in node:
        choices = node.get("enum") or [node["const"]]
        return "one of " + ", ".join(repr(choice) for choice in choices)
    kind = node.get("type", "")
    if kind == "array":
        return f"a {_plural(node).replace('lists', 'list', 1)}"
    words = {
        "object": mapping,
        "boolean": "true or false",
        "string": "text",
        "integer": "a whole number",
        "number": "a number",
    }
    return words.get(kind, "valid") + _describe_range(node)


def _plural(node: Schema) -> str:
    """Several values like this one."""
    if node.get("type") != "array":
        return {"number": "numbers", "integer": "whole numbers", "string": "texts"}.get(
            node.get("type", ""), "objects"
        )
    item = (node.get("prefixItems") or [node.get("items", {})])[0]
    low, high = node.get("minItems"), node.get("maxItems")
    count = f"{low} " if low is not None and low == high else ""
    return f"lists of {count}{_plural(item)}"


def _describe_range(node: Schema) -> str:
    low, high = node.get("minimum"), node.get("maximum")
    if low is not None and high is not None:
        return f" from {_digits(low)} to {_digits(high)}"
    limits = [f"{words} {_digits(node[key])}" for key, words in _LIMITS.items() if key in node]
    return f" {' and '.join(limits)}" if limits else ""


def _digits(number: float) -> str:
    return str(int(number)) if number == int(number) else str(number)
