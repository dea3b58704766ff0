"""Receives open connections from other processes, in place of a listening socket."""

from __future__ import annotations

import errno
import json
from collections.abc import Callable
from typing import Any

from eventlet.greenio import GreenSocket
from eventlet.hubs import trampoline
from eventlet.patcher import original

MESSAGE_BYTES = 128 * 1024
"""More than the largest head of a request, with the part of the body that came with it."""

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
        head, _, early = message.partition(b"\n")
        if early:
            self._changed(1)
        address = json.loads(head)
        client = GreenSocket(_socket.socket(fileno=files[0]))
        return client, tuple(address) if isinstance(address, list) else address, early

    def fileno(self) -> int:
        """The descriptor."""
        return int(self._socket.fileno())

    def getsockname(self) -> tuple[str, int]:
        """Address on which the service listens."""
        return self._address
