"""Cuts the arguments out of an event whose text is too long to be parsed.

Some clients send images as base64 text instead of binary. They get an error with an explanation and
keep their connection. The text itself is never parsed, since that would delay everyone else.
"""

from __future__ import annotations

import re

TEXT_BYTES = 64 * 1024
"""Limit of a packet's text. The metadata of a frame with 16 faces takes a tenth of it. Before its
session is accepted, a client may not send anything longer."""

_HEAD = re.compile(
    r"(?P<kind>2|5[0-9]{1,10}-)(?P<ack>[0-9]{0,18})"
    r'\[\s?"(?P<name>[a-z_]{1,40})"(?P<stamp>\s?,\s?\{[^{}]{0,500}\})?'
)


def shorten(packet: str) -> str:
    """Replaces the arguments of an event by one short text.

    A flat object as the first argument stays: its `seq` tells the client which frame failed.

    Args:
        packet: A Socket.IO packet without the type of its Engine.IO packet.

    Raises:
        ValueError: The packet is not an event of the namespace `/`.
    """
    head = _HEAD.match(packet)
    if head is None:
        raise ValueError("too much text, and not an event")
    name, stamp = head["name"], head["stamp"] or ""
    return f'{head["kind"]}{head["ack"]}["{name}"{stamp},"too long"]'
