"""Sends open connections to another process, with the bytes of them that were already read."""

from __future__ import annotations

import json
import socket
from typing import Any

MESSAGE_BYTES = 128 * 1024
"""More than the largest head of a request, with the part of the body that came with it."""


class MailboxFull(OSError):
    """The process takes no connection at the moment."""


def post(outbox: Any, connection: Any, address: Any, early: bytes = b"") -> None:
    """Sends a connection, without waiting. The caller then closes its own copy.

    Args:
        outbox: A Unix socket that does not block, connected to the other process's mailbox.
        connection: The connection.
        address: Its client's address.
        early: Bytes of it that were already read.

    Raises:
        MailboxFull: The process takes no connection at the moment.
    """
    message = json.dumps(address).encode() + b"\n" + early
    try:
        socket.send_fds(outbox, [message], [connection.fileno()])
    except OSError as error:
        raise MailboxFull(error.errno, error.strerror) from error


def unpack(message: bytes) -> tuple[Any, bytes]:
    """The address of a connection that was sent, and the bytes of it that were already read."""
    head, _, early = message.partition(b"\n")
    address = json.loads(head)
    return tuple(address) if isinstance(address, list) else address, early
