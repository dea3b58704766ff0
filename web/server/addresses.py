"""Addresses of the page, for people."""

from __future__ import annotations

from web.http.network_address import network_address
from web.settings.server import ServerSettings


def page_addresses(server: ServerSettings) -> str:
    """The addresses at which this machine and its network reach the page, as text."""
    scheme = "https" if server.https else "http"
    if server.bind_host not in {"0.0.0.0", "::"}:
        hosts = [server.bind_host]
    else:
        hosts = [host for host in ("localhost", network_address()) if host]
    names = [f"[{host}]" if ":" in host else host for host in hosts]
    return " and ".join(f"{scheme}://{name}:{server.port}" for name in names)
