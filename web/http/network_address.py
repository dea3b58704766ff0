"""Address of this machine in its own network."""

from __future__ import annotations

import socket


def network_address() -> str | None:
    """This machine's address in its own network, or None without one."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            # Connecting a datagram socket sends nothing. It only selects the outgoing address.
            probe.connect(("192.0.2.1", 9))
        except OSError:
            return None
        return str(probe.getsockname()[0])
