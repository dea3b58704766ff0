"""Hands connections over to the app process in which their session lives.

A long-polling client sends each request on any of its connections, and each connection is accepted
by any process. The Engine.IO id of a session begins with the number of its process. A process that
reads a request for another one sends it the connection, with what was read.

A TLS connection cannot be sent, because its keys are in the process that accepted it. It stays
there, and its bytes are relayed.
"""

from __future__ import annotations

import ssl
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import eventlet
from eventlet.greenio import GreenSocket
from eventlet.patcher import original

from web.transport.admission import Connection
from web.transport.outbox import post
from web.transport.session_ids import process_of
from web.transport.stages import Stage

RELAY_BYTES = 64 * 1024

_socket: Any = original("socket")


class Switchboard:
    """Knows the mailbox of each app process.

    Args:
        index: Number of this process.
        outboxes: Descriptors that lead to the mailbox of each process.
    """

    def __init__(self, index: int, outboxes: Sequence[int]) -> None:
        self._index = index
        self._outboxes = [_socket.socket(fileno=outbox) for outbox in outboxes]

    def owner_of(self, sid: str) -> int | None:
        """The process of a session; None if it is this one or does not exist."""
        owner = process_of(sid)
        is_other = owner != self._index and owner is not None and owner < len(self._outboxes)
        return owner if is_other else None

    def hand_over(self, owner: int, place: Connection, address: Any, early: bytes) -> None:
        """Gives a connection to another process. A TLS connection is relayed until it ends.

        Args:
            owner: Number of the other process.
            place: The connection.
            address: Its client's address.
            early: What was read from it.

        Raises:
            MailboxFull: The process takes no connection at the moment.
        """
        if not isinstance(place.sock, ssl.SSLSocket):
            post(self._outboxes[owner], place.sock, address, early)
            place.is_handed_over = True
            place.leave()
            return
        ours, theirs = _socket.socketpair()
        with ours:
            with theirs:
                post(self._outboxes[owner], theirs, address, early)
            # Its owner decides how long it stays.
            place.enter(Stage.SESSION)
            _relay(place, GreenSocket(ours))


def _relay(place: Connection, owner: Any) -> None:
    """Copies both ways until the connection ends, or its owner ends it."""

    def answer() -> None:
        _copy(owner, place.sock)
        place.hang_up()

    answers = eventlet.spawn(answer)
    _copy(place.sock, owner)
    with suppress(OSError):
        owner.shutdown(_socket.SHUT_WR)
    answers.wait()


def _copy(source: Any, target: Any) -> None:
    with suppress(OSError, EOFError):
        while data := source.recv(RELAY_BYTES):
            target.sendall(data)
