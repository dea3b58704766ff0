"""Deals the connections of a port out to the app processes, to the one with the fewest first."""

from __future__ import annotations

import logging
import socket
from collections.abc import Collection, Sequence
from contextlib import suppress

from web.processes.loads import Loads
from web.transport.outbox import MESSAGE_BYTES, MailboxFull, post, unpack

log = logging.getLogger(__name__)

CONNECTIONS_PER_TURN = 64
_ROOM_BYTES = 1024 * 1024


class Dealer:
    """Accepts connections and sends each to an app process.

    Args:
        listener: The open port.
        outboxes: Sockets to the mailboxes.
        loads: How many connections each process has taken from another, less those that ended.
    """

    def __init__(
        self, listener: socket.socket, outboxes: Sequence[socket.socket], loads: Loads
    ) -> None:
        self._listener = listener
        self._listener.setblocking(False)
        self._outboxes = outboxes
        self._loads = loads
        self._dealt = [0] * len(outboxes)

    def forget(self, index: int) -> None:
        """Forgets the connections of a process that has ended with them."""
        self._dealt[index] = self._loads[index] = 0

    def deal_again(self, inbox: socket.socket, takers: Collection[int]) -> None:
        """Deals out the new connections that a process did not take before it ended.

        Those of its sessions are closed. If no process takes connections, they wait for the next.

        Args:
            inbox: The mailbox of the process.
            takers: The processes that take connections.
        """
        with suppress(BlockingIOError):
            while takers:
                message, files, *_ = socket.recv_fds(inbox, MESSAGE_BYTES, 1)
                address, early = unpack(message)
                for file in files:
                    with socket.socket(fileno=file) as connection:
                        if not early:
                            self._send(connection, address, takers)

    def deal(self, takers: Collection[int]) -> None:
        """Accepts the connections that wait, and deals them out.

        Args:
            takers: The processes that take connections.
        """
        with suppress(BlockingIOError):
            for _ in range(CONNECTIONS_PER_TURN):
                try:
                    connection, address = self._listener.accept()
                except ConnectionAbortedError:
                    continue
                with connection:
                    self._send(connection, address, takers)

    def _send(self, connection: socket.socket, address: object, takers: Collection[int]) -> None:
        for index in sorted(takers, key=self._load):
            try:
                post(self._outboxes[index], connection, address)
            except MailboxFull:
                continue
            self._dealt[index] += 1
            return
        log.warning("A connection was closed, because no app process takes it at the moment.")

    def _load(self, index: int) -> tuple[int, int]:
        """Its open connections, and those that it was dealt: of two that idle, take the other."""
        return self._dealt[index] + self._loads[index], self._dealt[index]


def open_mailbox() -> tuple[socket.socket, socket.socket]:
    """Opens a mailbox; returns its inbox and its outbox, which do not block."""
    inbox, outbox = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    inbox.setblocking(False)
    outbox.setblocking(False)
    outbox.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _ROOM_BYTES)
    return inbox, outbox
