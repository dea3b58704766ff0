"""Cuts the arguments out of an event whose text is too long to be parsed.

People send pictures as base64 text instead of binary. They get an error with a sentence rather than
a closed connection; the text itself is never parsed, since that would hold up everyone else.
"""

from __future__ import annotations

import re

TEXT_BYTES = 64 * 1024
"""Bound of a packet's text; the metadata of a frame with 16 faces takes a tenth of it. Before its
session is accepted, a client may send nothing longer at all."""

_HEAD = re.compile(
    r"(?P<kind>2|5[0-9]{1,10}-)(?P<ack>[0-9]{0,18})"
    r'\[\s?"(?P<name>[a-z_]{1,40})"(?P<stamp>\s?,\s?\{[^{}]{0,500}\})?'
)


def shorten(packet: str) -> str:
    """Replaces the arguments of an event by one short text.

    A flat object as the first argument stays: with `seq` the client knows which frame failed.

    Args:
        packet: A Socket.IO packet without the type of its Engine.IO packet.

    Raises:
        ValueError: It is not an event of the namespace `/`.
    """
    head = _HEAD.match(packet)
    if head is None:
        raise ValueError("too much text, and not an event")
    name, stamp = head["name"], head["stamp"] or ""
    return f'{head["kind"]}{head["ack"]}["{name}"{stamp},"too long"]'
