"""WSGI middleware that accepts only the service's own host names, against DNS rebinding.

A foreign page can make its own domain name point to this machine. For the browser the service then
belongs to the foreign page's origin. Only the `Host` header reveals it.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from ipaddress import ip_address
from typing import TYPE_CHECKING

from web.http.forwarded import HOST_PATTERN
from web.settings.access import AccessSettings

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

log = logging.getLogger(__name__)

LOCAL_SUFFIXES = (".localhost", ".local")
"""Suffixes that no public DNS server resolves (RFC 6761 and 6762)."""


class HostCheck:
    """Refuses requests for a host name that is not the service's.

    Args:
        application: The next WSGI application.
        access: Host names of the service.
    """

    def __init__(self, application: WSGIApplication, access: AccessSettings) -> None:
        self._application = application
        self._names = {name.rstrip(".") for name in access.allowed_hosts}
        self._names |= {_host_of(origin) for origin in access.allowed_origins}
        self._has_warned = False

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Handles a request."""
        # Probes may omit the header; browsers never do.
        host = environ.get("HTTP_HOST", "")
        if not host or self._is_allowed(host):
            return self._application(environ, start_response)
        self._warn(host)
        body = b"Unknown host name. Add it to MIEN_ALLOWED_HOSTS, or use a listed name.\n"
        headers = [("Content-Type", "text/plain"), ("Content-Length", str(len(body)))]
        start_response("421 Misdirected Request", headers)
        return [body]

    def _is_allowed(self, host: str) -> bool:
        match = HOST_PATTERN.fullmatch(host)
        if not match:
            return False
        name = match["name"].lower().rstrip(".")
        return "*" in self._names or name in self._names or is_local(name)

    def _warn(self, host: str) -> None:
        """Logs only the first name, because scanners try many."""
        if not self._has_warned and HOST_PATTERN.fullmatch(host):
            self._has_warned = True
            log.warning(
                "Refused a request for the host %s. If that is a name of this service, add it to "
                "MIEN_ALLOWED_HOSTS.",
                host,
            )


def is_local(name: str) -> bool:
    """Whether a host name is an address or cannot come from a public DNS server."""
    return "." not in name or name.endswith(LOCAL_SUFFIXES) or _is_address(name)


def _is_address(name: str) -> bool:
    try:
        ip_address(name.strip("[]"))
    except ValueError:
        return False
    return True


def _host_of(origin: str) -> str:
    match = HOST_PATTERN.fullmatch(origin.rpartition("://")[2])
    return match["name"].lower() if match else origin
