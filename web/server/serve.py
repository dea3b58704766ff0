"""Serves the app on a port for `python app.py`. Gunicorn does not use this module."""

from __future__ import annotations

import signal
import socket
import time
from pathlib import Path
from threading import Thread

from flask import Flask

from process.private_folder import PrivateFolder
from process.stop_signals import stop_signals
from telemetry.logs import announce
from web.http.certificate import make_certificate, network_address
from web.http.routes import readiness
from web.server.connection_limits import admit_clients
from web.server.runtime import runtime_of
from web.service import Service
from web.settings.server import ServerSettings
from web.transport.tls import build_context
from web.transport.wsgi_servers import SERVERS

READY_TIMEOUT_SECONDS = 20.0
_FLUSH_SECONDS = 0.2


def serve(app: Flask, listener: socket.socket) -> None:
    """Serves a started app until the process is told to stop, then ends every session."""
    runtime = runtime_of(app)
    service = runtime.service
    stop, tell = _signals()
    folder = PrivateFolder()
    files = _tls_files(service.settings.server, folder.path)
    tls = build_context(*files) if files else None
    arguments = (app, listener, tls, admit_clients(service.settings))

    def run() -> None:
        try:
            SERVERS[service.settings.server.async_mode](*arguments)
        finally:
            tell.send(b"\0")  # A server that ends by itself must end the process.

    announce("Loading models", service.settings.observability.log_format)
    Thread(target=run, name="server", daemon=True).start()
    Thread(target=_announce, args=(service,), name="announce", daemon=True).start()
    stop.recv(1)
    runtime.close()
    folder.remove()
    time.sleep(_FLUSH_SECONDS)  # The last packets to the clients need a moment.


def _signals() -> tuple[socket.socket, socket.socket]:
    """A socket that becomes readable when the process must stop, and its other end.

    A signal handler would run in the middle of eventlet's hub, where nothing may wait.
    """
    inbox, outbox = socket.socketpair()
    outbox.setblocking(False)
    signal.set_wakeup_fd(outbox.fileno())
    for number in stop_signals():
        signal.signal(number, lambda *_: None)
    return inbox, outbox


def _tls_files(server: ServerSettings, folder: Path) -> tuple[Path, Path] | None:
    if not server.https:
        return None
    if server.tls_certificate and server.tls_key:
        return server.tls_certificate, server.tls_key
    return make_certificate(folder)


def _announce(service: Service) -> None:
    """Prints the address as soon as everything works, or what does not work."""
    deadline = time.monotonic() + READY_TIMEOUT_SECONDS
    while not (report := readiness(service))["ready"] and time.monotonic() < deadline:
        time.sleep(0.05)
    away = [f"{n} ({m['message']})" for n, m in report["models"].items() if not m["available"]]
    state = "is ready" if report["ready"] else f"runs without {', '.join(away)}"
    line = f"Mien {state}: {' and '.join(_addresses(service.settings.server))}"
    announce(line, service.settings.observability.log_format)


def _addresses(server: ServerSettings) -> list[str]:
    scheme = "https" if server.https else "http"
    if server.bind_host not in {"0.0.0.0", "::"}:
        hosts = [server.bind_host]
    else:
        hosts = [host for host in ("localhost", network_address()) if host]
    return [f"{scheme}://{f'[{h}]' if ':' in h else h}:{server.port}" for h in hosts]
