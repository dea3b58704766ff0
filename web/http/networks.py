"""Networks of client addresses, for all limits per address."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Network, ip_address

IPV6_PREFIX = 64
"""Prefix of one customer's network; the customer can choose the other bits freely."""

LONGEST_UNKNOWN = 64


def network_of(address: str) -> str:
    """The network of an address: an IPv4 address itself, or the first half of an IPv6 address.

    Args:
        address: Text from the operating system or a proxy. A text that is not an address is its
            own network.
    """
    try:
        host = ip_address(address.partition("%")[0])
    except ValueError:
        return address[:LONGEST_UNKNOWN]
    host = getattr(host, "ipv4_mapped", None) or host
    if isinstance(host, IPv4Address):
        return str(host)
    return str(IPv6Network((host, IPV6_PREFIX), strict=False))
