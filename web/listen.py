"""Serves the app on a port: `python app.py`. Under gunicorn this module is not used."""

from __future__ import annotations

import signal
import socket
import ssl
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from threading import Thread

from flask import Flask

from web.certificate import make_certificate, network_address
from web.config import Config
from web.routes import readiness
from web.service import Service

BACKLOG = 512
READY_TIMEOUT_SECONDS = 20.0
_FLUSH_SECONDS = 0.2


class PortTaken(OSError):
    """The address to listen on is not to be had; the message says what to do."""


def open_socket(config: Config) -> socket.socket:
    """Opens the port to listen on.

    Raises:
        PortTaken: Another program has it, or it is not ours to have.
    """
    family = socket.AF_INET6 if ":" in config.bind_host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    # Not SO_REUSEPORT: two apps on one port would each get half of the clients.
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((config.bind_host, config.port))
    except OSError as error:
        raise PortTaken(
            f"Cannot listen on {config.bind_host} port {config.port}: {error.strerror}. "
            f"Choose another port: make run PORT={config.port + 1}"
        ) from error
    listener.listen(BACKLOG)
    return listener


def serve(app: Flask, service: Service, listener: socket.socket) -> None:
    """Serves until the process is told to stop, then ends every session."""
    stop = _signals()
    with tempfile.TemporaryDirectory(prefix="mien-") as folder:
        arguments = (app, listener, _tls_files(service.config, Path(folder)))
        Thread(target=_SERVERS[service.config.async_mode], args=arguments, daemon=True).start()
        Thread(target=_announce, args=(service,), name="announce", daemon=True).start()
        stop.recv(1)
        service.close()
        time.sleep(_FLUSH_SECONDS)  # The last words to the clients need a moment to leave.


def _signals() -> socket.socket:
    """A socket that has something to read as soon as the process is told to stop.

    A signal handler of our own would run in the middle of eventlet's hub, where nothing may wait.
    """
    inbox, outbox = socket.socketpair()
    outbox.setblocking(False)
    signal.set_wakeup_fd(outbox.detach())
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: None)
    return inbox


def _serve_eventlet(app: Flask, listener: socket.socket, tls: tuple[Path, Path] | None) -> None:
    import eventlet
    from eventlet import wsgi

    if tls:
        listener = eventlet.wrap_ssl(
            listener, certfile=str(tls[0]), keyfile=str(tls[1]), server_side=True
        )
    wsgi.server(listener, app, log_output=False, debug=False)


def _serve_threads(app: Flask, listener: socket.socket, tls: tuple[Path, Path] | None) -> None:
    from werkzeug.serving import make_server

    context = None
    if tls:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*tls)
    host, port = listener.getsockname()[:2]
    server = make_server(host, port, app, threaded=True, ssl_context=context, fd=listener.fileno())
    if isinstance(server.socket, ssl.SSLSocket):
        # The handshake is for the client's own thread: whoever never ends it holds up no other.
        setattr(server.socket, "do_handshake_on_connect", False)  # noqa: B010
    server.serve_forever()


_SERVERS: dict[str, Callable[[Flask, socket.socket, tuple[Path, Path] | None], None]] = {
    "eventlet": _serve_eventlet,
    "threading": _serve_threads,
}


def _tls_files(config: Config, folder: Path) -> tuple[Path, Path] | None:
    if not config.https:
        return None
    if config.tls_certificate and config.tls_key:
        return config.tls_certificate, config.tls_key
    return make_certificate(folder)


def _announce(service: Service) -> None:
    """Prints the address as soon as everything can work, or what keeps it from working."""
    deadline = time.monotonic() + READY_TIMEOUT_SECONDS
    while not (report := readiness(service))["ready"] and time.monotonic() < deadline:
        time.sleep(0.05)
    for name, state in report["models"].items():
        if not state["available"]:
            print(f"The model {name} is not available: {state['message']}", flush=True)
    print(f"Mien is ready: {' and '.join(_addresses(service.config))}", flush=True)


def _addresses(config: Config) -> list[str]:
    scheme = "https" if config.https else "http"
    if config.bind_host not in {"0.0.0.0", "::"}:
        hosts = [config.bind_host]
    else:
        hosts = [host for host in ("localhost", network_address()) if host]
    return [f"{scheme}://{f'[{h}]' if ':' in h else h}:{config.port}" for h in hosts]
