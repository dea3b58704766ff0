"""Signals that end a process gracefully, and how it hears of them."""

from __future__ import annotations

import signal
import socket


def stop_signals() -> list[signal.Signals]:
    """SIGTERM, SIGINT, and SIGHUP of a closed terminal, unless `nohup` ignores it."""
    stops = [signal.SIGTERM, signal.SIGINT]
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        stops.append(signal.SIGHUP)
    return stops


def stop_sockets() -> tuple[socket.socket, socket.socket]:
    """A socket that becomes readable when the process must stop, and its other end.

    A signal handler would run in the middle of eventlet's hub, where nothing may wait.
    """
    inbox, outbox = socket.socketpair()
    outbox.setblocking(False)
    signal.set_wakeup_fd(outbox.fileno())
    for number in stop_signals():
        signal.signal(number, lambda *_: None)
    return inbox, outbox
