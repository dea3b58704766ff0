"""Opens the ports to listen on, and says what to do where that fails."""

from __future__ import annotations

import errno
import socket

from serving.endpoints import LAST_PORT
from serving.tls_files import TlsFilesError
from web.settings.server import ServerSettings
from web.transport.tls import build_context

BACKLOG = 512


class CannotListen(OSError):
    """A port or a TLS file cannot be used; the message says what to do."""


def open_socket(server: ServerSettings) -> socket.socket:
    """Opens the service's own port, once the TLS files are known to be good.

    Raises:
        CannotListen: The port is in use or not allowed, or a TLS file is wrong.
    """
    check_certificate(server)
    return bind(server.bind_host, server.port, "MIEN_")


def check_certificate(server: ServerSettings) -> None:
    """Checks the TLS files that the settings name, if any.

    Raises:
        CannotListen: A file cannot be used.
    """
    if server.tls_certificate is None:
        return
    try:
        build_context(server.tls_certificate, server.tls_key)
    except TlsFilesError as error:
        raise CannotListen(f"{error} Check MIEN_TLS_CERTIFICATE and MIEN_TLS_KEY.") from error


def bind(host: str, port: int, prefix: str) -> socket.socket:
    """Opens a port.

    Args:
        host: An address of this machine.
        port: The port.
        prefix: Beginning of the two settings' names, such as `MIEN_METRICS_`.

    Raises:
        CannotListen: The port is in use or not allowed.
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
    """Finds out whether a host is IPv4 or IPv6. `bind` reports an unknown name.

    `localhost` stays IPv4 where it is both: that is what probes and proxies ask.
    """
    try:
        found = {each[0] for each in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)}
    except socket.gaierror:
        return socket.AF_INET
    return socket.AF_INET6 if found == {socket.AF_INET6} else socket.AF_INET


def _explain(error: OSError, host: str, port: int, prefix: str) -> str:
    if error.errno == errno.EADDRINUSE:
        other = port + 1 if port < LAST_PORT else port - 1
        way = f"run `make run PORT={other}`" if prefix == "MIEN_" else f"set {prefix}PORT={other}"
        return f"Port {port} is in use. Stop the other program or {way}."
    if error.errno == errno.EACCES:
        return f"Port {port} needs more rights than this user has. Choose one from 1024 on."
    reason = error.strerror or error
    return (
        f"Cannot listen on {host}, port {port}: {reason}. "
        f"{prefix}HOST must be an address of this machine."
    )
