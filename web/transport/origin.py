"""What a connection's address counts as, where connections are counted by address."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv6Network, ip_address
from typing import Any

from web.forwarded import is_trusted
from web.setting_kinds import Proxy

IPV6_PREFIX = 64
"""Bits that one customer of a network shares; the rest of an address costs nothing to change."""


def origin_of(address: Any, trusted: Sequence[Proxy]) -> str | None:
    """Finds what an address counts as: itself, or its network for IPv6.

    Args:
        address: As `accept` gives it.
        trusted: Proxies; all of their clients have their address.

    Returns:
        None for a trusted proxy and for a Unix socket.
    """
    if not isinstance(address, tuple):
        return None
    name = address[0].partition("%")[0]
    if is_trusted(name, trusted):
        return None
    host = ip_address(name)
    host = getattr(host, "ipv4_mapped", None) or host
    if isinstance(host, IPv4Address):
        return str(host)
    return str(IPv6Network((host, IPV6_PREFIX), strict=False))
