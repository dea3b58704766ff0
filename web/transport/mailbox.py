"""Receives open connections from other processes, in place of a listening socket."""

from __future__ import annotations

import errno
from collections.abc import Callable
from typing import Any

from eventlet.greenio import GreenSocket
from eventlet.hubs import trampoline
from eventlet.patcher import original

from web.transport.outbox import MESSAGE_BYTES, unpack

_socket: Any = original("socket")


class Mailbox:
    """Receives connections, in place of a listening socket.

    Args:
        inbox: Descriptor of a Unix socket.
        address: Address on which the service listens.
        changed: Called with 1 when a connection comes from another app process.
    """

    def __init__(
        self, inbox: int, address: tuple[str, int], changed: Callable[[int], None]
    ) -> None:
        self._socket = _socket.socket(fileno=inbox)
        self._socket.setblocking(False)
        self._address = address
        self._changed = changed

    def accept(self) -> tuple[Any, Any, bytes]:
        """Waits for the next connection; returns it, its address and what was already read.

        Raises:
            OSError: This process can open no more files; the connection is closed.
        """
        while True:
            try:
                message, files, _, _ = _socket.recv_fds(self._socket, MESSAGE_BYTES, 1)
                break
            except BlockingIOError:
                trampoline(self._socket.fileno(), read=True)
        if not files:
            raise OSError(errno.EMFILE, "Too many open files")
        address, early = unpack(message)
        if early:
            self._changed(1)
        return GreenSocket(_socket.socket(fileno=files[0])), address, early

    def fileno(self) -> int:
        """The descriptor."""
        return int(self._socket.fileno())

    def getsockname(self) -> tuple[str, int]:
        """Address on which the service listens."""
        return self._address
