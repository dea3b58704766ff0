"""Ids of sessions that name their app process.

`number_sessions` wraps `generate_id` of the Engine.IO server. Doing so twice is harmless.
"""

from __future__ import annotations

from typing import Any

_NUMBERED = "mien_numbered"


def number_sessions(server: Any, index: int) -> None:
    """Lets each new id begin with the number of this process.

    Args:
        server: The Engine.IO server.
        index: The number.
    """
    if getattr(server, _NUMBERED, None) is not None:
        return
    generate = server.generate_id
    server.generate_id = lambda: f"{index}.{generate()}"
    setattr(server, _NUMBERED, index)


def process_of(sid: str) -> int | None:
    """The number of the process that an id names, or None."""
    number, dot, _ = sid.partition(".")
    return int(number) if dot and number.isascii() and number.isdecimal() else None
