from __future__ import annotations

import doctest

import pytest

from face_utils import schema_words
from face_utils.schema_words import describe_value

NUMBER = {"type": "number"}


@pytest.mark.parametrize(
    ("schema", "words"),
    [
        ({"type": "boolean"}, "true or false"),
        ({"type": "string"}, "text"),
        ({"type": "object"}, "an object"),
        ({"enum": ["a", "b"]}, "one of 'a', 'b'"),
        ({"const": "a"}, "one of 'a'"),
        (NUMBER, "a number"),
        ({**NUMBER, "minimum": 0, "maximum": 0.5}, "a number from 0 to 0.5"),
        ({**NUMBER, "minimum": 0}, "a number of at least 0"),
        ({**NUMBER, "exclusiveMinimum": 0, "maximum": 9}, "a number above 0 and of at most 9"),
        ({"type": "array", "items": {"type": "string"}}, "a list of texts"),
        ({"type": "array", "items": {"$ref": "#/$defs/X"}}, "a list of objects"),
        ({"type": "array", "items": NUMBER, "minItems": 2, "maxItems": 2}, "a list of 2 numbers"),
        ({"type": "array", "prefixItems": [NUMBER], "minItems": 1}, "a list of numbers"),
        ({}, "valid"),
    ],
    ids=str,
)
def test_a_schema_is_described_in_words(schema, words):
    assert describe_value(schema) == words


def test_an_object_has_the_name_that_its_file_format_uses():
    assert describe_value({"type": "object"}, mapping="a table") == "a table"


def test_the_example_in_the_docstring_is_true():
    assert doctest.testmod(schema_words).failed == 0
