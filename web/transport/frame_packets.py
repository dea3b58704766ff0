"""Packets of frames that wait in the receive buffer: the Socket.IO wire format, without a parser.

Source: the Engine.IO protocol 4 and the Socket.IO protocol 5.
"""

from __future__ import annotations

import json
import re
from typing import Any, NamedTuple

from web.transport.event_size import TEXT_BYTES

HEAD = "451-"
"""Start of an Engine.IO message that contains a Socket.IO event with one attachment."""

_FRAME = re.compile(HEAD + r'(\d{0,18})\["(frame|faces)",')
_IMAGE = {"_placeholder": True, "num": 0}


class FrameEvent(NamedTuple):
    """A frame with one image, by its announcement.

    Attributes:
        name: `frame` or `faces`.
        argument: Its first argument; the second is the image.
        ack: Number of the ack as text, or empty if the client wants none.
    """

    name: str
    argument: object
    ack: str


def is_frame(text: str) -> bool:
    """Whether a message announces a frame with one image, which is the next message."""
    return len(text) <= TEXT_BYTES and _FRAME.match(text) is not None


def read_frame_event(text: str) -> FrameEvent | None:
    """Reads the announcement of a frame; None if it is unusual, and the library must read it."""
    head = _FRAME.match(text)
    arguments = frame_arguments(text)
    # Only one, as the second argument: the library replaces each by the image.
    if head is None or text.count("_placeholder") != 1 or arguments[1:] != [_IMAGE]:
        return None
    return FrameEvent(head[2], arguments[0], head[1])


def frame_arguments(text: str) -> list[Any]:
    """Arguments of the event that a message announces; empty if they cannot be parsed."""
    try:
        arguments: list[Any] = json.loads(text[text.index("[") :])[1:]
    except (ValueError, RecursionError):
        return []
    return arguments


def ack_packets(text: str, ack: dict[str, Any]) -> list[str]:
    """The message with the ack of a frame; none if its client wants no ack.

    Args:
        text: The message that announced the frame.
        ack: The ack.
    """
    number = text[len(HEAD) :].partition("[")[0]
    body = json.dumps([ack], separators=(",", ":"))
    return [f"43{number}{body}"] if number else []
