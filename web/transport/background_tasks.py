"""Tasks of a Socket.IO server in the background, each started once."""

from __future__ import annotations

from collections.abc import Callable

from flask_socketio import SocketIO


def start_once(socketio: SocketIO, name: str, task: Callable[[], None]) -> None:
    """Starts a task of a server, unless it runs already.

    Args:
        socketio: The server.
        name: Tells the server's tasks apart.
        task: Runs as long as the process.
    """
    eio = socketio.server.eio
    running: set[str] = getattr(eio, "running_tasks", set())
    if name in running:
        return
    eio.running_tasks = running | {name}
    socketio.server.start_background_task(task)
