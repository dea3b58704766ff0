"""Serves the app on a port: `python app.py`. Under gunicorn this module is not used."""

from __future__ import annotations

import errno
import signal
import socket
import time
from pathlib import Path
from threading import Thread

from flask import Flask

from serving.ports import LAST_PORT
from serving.private_folder import PrivateFolder
from serving.stop_signals import stop_signals
from telemetry.logs import announce
from web.certificate import make_certificate, network_address
from web.connection_limits import admit_clients
from web.routes import readiness
from web.runtime import runtime_of
from web.service import Service
from web.settings.server import ServerSettings
from web.transport.tls import build_context
from web.transport.wsgi_servers import SERVERS

BACKLOG = 512
READY_TIMEOUT_SECONDS = 20.0
_FLUSH_SECONDS = 0.2


class CannotListen(OSError):
    """The address to listen on is not to be had; the message says what to do."""


def open_socket(server: ServerSettings) -> socket.socket:
    """Opens the port to listen on, once the TLS files are known to be good.

    Raises:
        CannotListen: The address is taken or not ours to have, or a TLS file is wrong.
    """
    check_certificate(server)
    return bind(server.bind_host, server.port, "MIEN_")


def bind(host: str, port: int, prefix: str) -> socket.socket:
    """Opens a port.

    Args:
        host: An address of this machine.
        port: The port.
        prefix: How the names of the settings begin that say both.

    Raises:
        CannotListen: The address is taken or not ours to have.
    """
    listener = socket.socket(_family(host), socket.SOCK_STREAM)
    # Not SO_REUSEPORT: two apps on one port would each get half of the clients.
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise CannotListen(_explain(error, host, port, prefix)) from error
    listener.listen(BACKLOG)
    return listener


def _family(host: str) -> socket.AddressFamily:
    """Whether a host is of IPv4 or IPv6; names are looked up, and unknown ones are left to `bind`.

    `localhost` stays IPv4 where it is both: that is what probes and proxies ask.
    """
    try:
        found = {each[0] for each in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)}
    except socket.gaierror:
        return socket.AF_INET
    return socket.AF_INET6 if found == {socket.AF_INET6} else socket.AF_INET


def check_certificate(server: ServerSettings) -> None:
    """Checks the TLS files that the settings name, if any.

    Raises:
        CannotListen: A file cannot be used.
    """
    if server.tls_certificate is None:
        return
    try:
        build_context(server.tls_certificate, server.tls_key)
    except OSError as error:
        files = f"MIEN_TLS_CERTIFICATE {server.tls_certificate} and MIEN_TLS_KEY {server.tls_key}"
        raise CannotListen(f"{files} cannot be used: {error.strerror or error}.") from error


def _explain(error: OSError, host: str, port: int, prefix: str) -> str:
    place = f"{host} port {port}"
    if error.errno == errno.EADDRINUSE:
        other = "make run PORT=" if prefix == "MIEN_" else f"{prefix}PORT="
        free = port + 1 if port < LAST_PORT else port - 1
        return f"{place} is taken by another program. Choose another port: {other}{free}"
    if error.errno == errno.EACCES:
        return f"{place} may not be used without more rights. Ports from 1024 on are free to use."
    reason = error.strerror or error
    return f"cannot listen on {place}: {reason}. {prefix}HOST must be an address of this machine."


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
            tell.send(b"\0")  # A server that ends by itself must not leave a shell behind.

    announce("Loading models", service.settings.observability.log_format)
    Thread(target=run, name="server", daemon=True).start()
    Thread(target=_announce, args=(service,), name="announce", daemon=True).start()
    stop.recv(1)
    runtime.close()
    folder.remove()
    time.sleep(_FLUSH_SECONDS)  # The last words to the clients need a moment to leave.


def _signals() -> tuple[socket.socket, socket.socket]:
    """A socket that has something to read as soon as the process is to stop, and its other end.

    A signal handler of our own would run in the middle of eventlet's hub, where nothing may wait.
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
    """Prints the address as soon as everything can work, or what keeps it from working."""
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
