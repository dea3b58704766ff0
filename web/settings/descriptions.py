"""Descriptions of the values that a setting accepts, for the reference page and error messages."""

from __future__ import annotations

from typing import get_args

from annotated_types import Ge, Le
from pydantic.fields import FieldInfo

from web.settings.values import Accepts

_NUMBERS = {int: "whole number", float: "number"}


def describe_type(field: FieldInfo) -> str:
    """Describes the type of a setting, such as `whole number, 1 to 65535`."""
    for each in field.metadata:
        if isinstance(each, Accepts):
            return each.text
    if field.annotation in _NUMBERS:
        return f"{_NUMBERS[field.annotation]}, {_bounds(field)}"
    if field.annotation is bool:
        return "1 or 0"
    return " or ".join(get_args(field.annotation)) or "text"


def describe_rule(field: FieldInfo, error_type: str) -> str:
    """Describes what a setting must be, after pydantic rejected its value.

    Args:
        field: The setting.
        error_type: Pydantic's name for the error.
    """
    if error_type in {"greater_than_equal", "less_than_equal"}:
        return f"must be from {_bounds(field)}"
    if field.annotation in _NUMBERS:
        accepted = [each.text for each in field.metadata if isinstance(each, Accepts)]
        return f"must be a {(accepted or [_NUMBERS[field.annotation]])[0]}"
    if choices := get_args(field.annotation):
        return f"must be one of {', '.join(choices)}"
    return f"must be {describe_type(field)}"


def _bounds(field: FieldInfo) -> str:
    [low] = [each.ge for each in field.metadata if isinstance(each, Ge)]
    [high] = [each.le for each in field.metadata if isinstance(each, Le)]
    return f"{low} to {high}"
