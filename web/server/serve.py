"""Serves the app on a port for `python app.py`. Gunicorn does not use this module."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from functools import partial
from threading import Thread

from flask import Flask

from process.private_folder import PrivateFolder
from process.stop_signals import stop_sockets
from telemetry.logs import print_line
from web.http.routes import readiness
from web.server.addresses import page_addresses
from web.server.connection_limits import admit_clients
from web.server.runtime import runtime_of
from web.server.tls_files import tls_files
from web.service import Service
from web.settings import Settings
from web.transport.admission import Admission
from web.transport.tls import build_context
from web.transport.wsgi_servers import SERVERS

READY_TIMEOUT_SECONDS = 20.0
_FLUSH_SECONDS = 0.2


def serve(app: Flask, listener: socket.socket) -> None:
    """Serves a started app until the process is told to stop, then ends every session."""
    settings = runtime_of(app).service.settings
    folder = PrivateFolder()
    files = tls_files(settings.server, folder.path)
    tls = build_context(*files) if files else None
    run = partial(SERVERS[settings.server.async_mode], app, listener, tls)
    print_line("Loading models", settings.observability.log_format)
    serve_until_stopped(app, run, partial(announce_address, settings))
    folder.remove()


def announce_address(settings: Settings, state: str) -> None:
    """Prints the address of the page.

    Args:
        settings: All settings.
        state: What there is to say before it, such as `is ready`.
    """
    line = f"Mien {state}: {page_addresses(settings.server)}"
    print_line(line, settings.observability.log_format)


def serve_until_stopped(
    app: Flask,
    run: Callable[[Admission], object],
    on_ready: Callable[[str], object],
    wait: Callable[[], object] | None = None,
) -> None:
    """Serves a started app until the process is told to stop, then ends every session.

    Args:
        app: The app.
        run: Serves connections that an admission admits, forever.
        on_ready: Called with what to say, once everything works or some time has passed.
        wait: Returns when the process must stop, even without a signal.
    """
    runtime = runtime_of(app)
    stop, tell = stop_sockets()

    def tell_after(work: Callable[[], object]) -> None:
        try:
            work()
        finally:
            tell.send(b"\0")  # A server that ends by itself must end the process.

    def report() -> None:
        on_ready(_await_models(runtime.service))

    admission = admit_clients(runtime.service.settings)
    Thread(target=tell_after, args=(partial(run, admission),), name="server", daemon=True).start()
    Thread(target=report, name="print_line", daemon=True).start()
    if wait:
        Thread(target=tell_after, args=(wait,), name="parent", daemon=True).start()
    stop.recv(1)
    runtime.close()
    time.sleep(_FLUSH_SECONDS)  # The last packets to the clients need a moment.


def _await_models(service: Service) -> str:
    """Waits until everything works, and says so; after some time it says what does not work."""
    deadline = time.monotonic() + READY_TIMEOUT_SECONDS
    while not (report := readiness(service))["ready"] and time.monotonic() < deadline:
        time.sleep(0.05)
    away = [f"{n} ({m['message']})" for n, m in report["models"].items() if not m["available"]]
    return "is ready" if report["ready"] else f"runs without {', '.join(away)}"
