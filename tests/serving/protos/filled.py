"""Messages with content in every field."""

from __future__ import annotations

from random import Random

DEEPEST = 5
TEXTS = ("", "stable", "übung", "x" * 200)
BLOBS = (b"", b"\0\xff", bytes(200))


def fill(message, like, pick=0, seed=7):
    """Fills the fields of a message that the descriptor `like` has, by name.

    Two messages with the same fields get the same content. Of a oneof, the field `pick` is filled.
    """
    _fill(message, like, pick, Random(seed), depth=0)
    return message


def _fill(message, like, pick, random, depth):
    for field in like.fields:
        if _is_picked(field, pick):
            if field.message_type and field.message_type.GetOptions().map_entry:
                _fill_map(getattr(message, field.name), field, pick, random, depth)
            elif field.message_type:
                _fill_messages(message, field, pick, random, depth)
            elif field.is_repeated:
                getattr(message, field.name).extend(_value(field, random) for _ in range(3))
            else:
                setattr(message, field.name, _value(field, random))


def _is_picked(field, pick):
    oneof = field.containing_oneof
    return oneof is None or oneof.fields[pick % len(oneof.fields)].name == field.name


def _fill_map(mapping, field, pick, random, depth):
    key_type = field.message_type.fields_by_name["key"].cpp_type
    value = field.message_type.fields_by_name["value"]
    for key in ("image", "älter") if key_type == field.CPPTYPE_STRING else (0, 1):
        if value.message_type is None:
            mapping[key] = _value(value, random)
        elif depth < DEEPEST:
            _fill(mapping[key], value.message_type, pick, random, depth + 1)


def _fill_messages(message, field, pick, random, depth):
    if depth == DEEPEST:  # Some messages of the reference contain themselves.
        return
    if field.is_repeated:
        for _ in range(2):
            _fill(getattr(message, field.name).add(), field.message_type, pick, random, depth + 1)
    else:
        getattr(message, field.name).SetInParent()
        _fill(getattr(message, field.name), field.message_type, pick, random, depth + 1)


def _value(field, random):
    """A value of a field's type, extreme ones included."""
    kinds = {
        field.CPPTYPE_BOOL: (True, False),
        field.CPPTYPE_INT32: (0, -1, 2**31 - 1, -(2**31)),
        field.CPPTYPE_UINT32: (0, 1, 2**32 - 1),
        field.CPPTYPE_INT64: (0, -1, 2**63 - 1, -(2**63)),
        field.CPPTYPE_UINT64: (0, 1, 2**64 - 1),
        field.CPPTYPE_FLOAT: (0.0, -1.5, float("inf")),
        field.CPPTYPE_DOUBLE: (0.0, 0.1, float("-inf")),
        field.CPPTYPE_STRING: BLOBS if field.type == field.TYPE_BYTES else TEXTS,
    }
    if field.enum_type:
        return random.choice([value.number for value in field.enum_type.values])
    return random.choice(kinds[field.cpp_type])
