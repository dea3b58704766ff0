"""Runtime of an app: the child process and the threads that it needs while it serves."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from threading import Lock
from typing import TYPE_CHECKING

from flask import Flask

from process.allocator import release_startup_memory, return_freed_memory
from web.service import Service

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_EXTENSION = "mien"


class Runtime:
    """Starts what an app needs, once, and ends it.

    `create_app` starts nothing, so that a test or a tool can build an app and drop it. The server
    starts the runtime before it accepts connections. With a server that does not know of it, the
    first request does.

    Args:
        service: The service behind the app.
        tasks: Each starts a task of the Socket.IO server in the background.

    Attributes:
        service: The service behind the app.
    """

    def __init__(self, service: Service, tasks: Sequence[Callable[[], object]]) -> None:
        self.service = service
        self.is_started = False
        self._tasks = tasks
        self._lock = Lock()

    def start(self) -> None:
        """Starts everything. A second call does nothing.

        Raises:
            OSError: The embedded model server cannot be started.
        """
        with self._lock:
            if self.is_started:
                return
            return_freed_memory()
            self.service.start()
            for start_task in self._tasks:
                start_task()
            release_startup_memory()
            self.is_started = True

    def close(self) -> None:
        """Ends the sessions and the embedded model server."""
        self.service.close()


def attach_runtime(app: Flask, runtime: Runtime) -> None:
    """Lets an app start its runtime, at the latest with its first request."""
    app.extensions[_EXTENSION] = runtime
    application = app.wsgi_app

    def start_first(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if not runtime.is_started:
            runtime.start()
        return application(environ, start_response)

    replace_application(app, start_first)


def runtime_of(app: Flask) -> Runtime:
    """Gives the runtime of an app that `create_app` built."""
    runtime: Runtime = app.extensions[_EXTENSION]
    return runtime


def replace_application(app: Flask, application: WSGIApplication) -> None:
    """Puts a WSGI application in the place of an app's own; Flask expects it there."""
    setattr(app, "wsgi_app", application)  # noqa: B010
