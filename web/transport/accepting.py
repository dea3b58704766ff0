"""Listener that keeps accepting connections when one of them fails."""

from __future__ import annotations

import errno
import logging
from collections.abc import Callable
from typing import Any

log = logging.getLogger(__name__)

_FULL = {errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM}
_FULL_PAUSE_SECONDS = 0.5


class PatientListener:
    """A listening socket whose `accept` survives an error with one connection.

    Servers end, or spin, when `accept` raises. It raises when a client connects and resets at once,
    as port scans do, and when the process can open no more files.

    Args:
        listener: The socket.
        sleep: Lets others work for some seconds.
    """

    def __init__(self, listener: Any, sleep: Callable[[float], Any]) -> None:
        self._listener = listener
        self._sleep = sleep

    def accept(self) -> tuple[Any, Any]:
        """Waits for the next connection.

        Raises:
            OSError: The listener is closed.
        """
        while True:
            try:
                accepted: tuple[Any, Any] = self._listener.accept()
                return accepted
            except OSError as error:
                if self._listener.fileno() < 0:
                    raise
                if error.errno in _FULL:
                    log.warning("No connection can be accepted now: %s.", error.strerror)
                    self._sleep(_FULL_PAUSE_SECONDS)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._listener, name)
