"""WSGI middleware that applies the forwarding headers of trusted proxies."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import TYPE_CHECKING

from web.settings.values import BASE_PATH_PATTERN, UNIX, Proxy

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

log = logging.getLogger(__name__)

HOST_PATTERN = re.compile(r"(?P<name>[a-z0-9_.-]+|\[[0-9a-f:.]+\])(:(?P<port>\d{1,5}))?", re.I)
"""A well-formed `Host` header."""

MAX_HOPS = 16
"""Addresses of `X-Forwarded-For` that are read, from the right."""

_FORWARDED = re.compile(r"HTTP_(X_)?FORWARDED(_\w+)?")
_ADDRESS = re.compile(r"\[(?P<v6>[^]]+)\](:\d+)?|(?P<v4>[^:]+):\d+")

Address = IPv4Address | IPv6Address


class BehindProxies:
    """Applies the headers of trusted proxies to the request, and removes all others.

    Nothing behind this middleware needs a forwarding header. Engine.IO would trust the headers of
    any client.

    Args:
        application: The next WSGI application.
        trusted: Proxies whose headers are trusted.
        base_path: Path of the service, such as `/mien`; empty for the root.
    """

    def __init__(
        self, application: WSGIApplication, trusted: Sequence[Proxy], base_path: str
    ) -> None:
        self._application = application
        self._trusted = trusted
        self._base_path = base_path
        self._has_warned = False

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Handles a request."""
        given = _take_headers(environ)
        if is_trusted(environ.get("REMOTE_ADDR", ""), self._trusted):
            self._apply(environ, given)
        elif given:
            self._warn(environ)
        _mount(environ, environ.get("SCRIPT_NAME") or self._base_path)
        return self._application(environ, start_response)

    def _apply(self, environ: WSGIEnvironment, given: dict[str, str]) -> None:
        addresses = given.get("HTTP_X_FORWARDED_FOR", "")
        environ["REMOTE_ADDR"] = _client(environ.get("REMOTE_ADDR", ""), addresses, self._trusted)
        scheme = _last(given, "PROTO").lower()
        if scheme in {"http", "https"}:
            environ["wsgi.url_scheme"] = scheme
        host = _last(given, "HOST")
        if HOST_PATTERN.fullmatch(host):
            environ["HTTP_HOST"] = host
        prefix = _last(given, "PREFIX").rstrip("/")
        if BASE_PATH_PATTERN.fullmatch(prefix):
            environ["SCRIPT_NAME"] = prefix

    def _warn(self, environ: WSGIEnvironment) -> None:
        """Logs only the first request, for an operator with a proxy; clients could repeat it."""
        if not self._has_warned:
            self._has_warned = True
            log.warning(
                "Ignored X-Forwarded- headers from %s. If that is your proxy, add its address to "
                "MIEN_TRUSTED_PROXIES.",
                environ.get("REMOTE_ADDR") or "a Unix socket",
            )


def is_trusted(address: str, trusted: Sequence[Proxy]) -> bool:
    """Whether an address belongs to a trusted proxy.

    Args:
        address: WSGI's address of the peer; empty on a Unix socket.
        trusted: Networks, and `unix` for Unix sockets.
    """
    if not address:
        return UNIX in trusted
    parsed = _parse_address(address)
    return parsed is not None and any(parsed in each for each in trusted if each != UNIX)


def _take_headers(environ: WSGIEnvironment) -> dict[str, str]:
    """Removes all forwarding headers and returns them."""
    names = [name for name in environ if _FORWARDED.fullmatch(name)]
    return {name: environ.pop(name) for name in names}


def _last(given: dict[str, str], name: str) -> str:
    """The value of the nearest proxy; the client may have forged the values before it."""
    return given.get(f"HTTP_X_FORWARDED_{name}", "").rpartition(",")[2].strip()


def _client(peer: str, header: str, trusted: Sequence[Proxy]) -> str:
    """The rightmost address that is not a trusted proxy's; those before it may be forged."""
    address = peer
    for entry in header.split(",")[: -MAX_HOPS - 1 : -1]:
        if not is_trusted(address, trusted):
            break
        match = _ADDRESS.fullmatch(entry.strip())
        parsed = _parse_address((match["v6"] or match["v4"]) if match else entry.strip())
        if parsed is None:
            break
        address = str(parsed)
    return address


def _parse_address(text: str) -> Address | None:
    try:
        address = ip_address(text)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def _mount(environ: WSGIEnvironment, base_path: str) -> None:
    """Moves the base path from the path to `SCRIPT_NAME`; a proxy may already have removed it."""
    environ["SCRIPT_NAME"] = base_path
    path = environ.get("PATH_INFO", "")
    if base_path and (path == base_path or path.startswith(f"{base_path}/")):
        environ["PATH_INFO"] = path.removeprefix(base_path)
