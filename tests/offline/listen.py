"""Runs a command in a network where every address except loopback leads to our listener.

It needs a network namespace of its own: `unshare --net python -m tests.offline.listen REPORT ...`.
The default route leads back to the loopback interface, where all packets are seen. The environment
names a proxy, which is also a listener. The JSON report lists the connections to both.
"""

from __future__ import annotations

import json
import os
import socket
import struct
import subprocess
import sys
from contextlib import suppress
from ipaddress import IPv4Address, IPv6Address, ip_address
from pathlib import Path
from threading import Thread

NETWORK = (
    "link set lo up",
    "address add 198.18.0.1/15 dev lo",  # Reserved for tests of networks: RFC 2544.
    "route add default dev lo",
    "-6 route add default dev lo",
)
BUFFER_BYTES = 64 * 1024 * 1024
NAME_SERVICE = 53
_ALL_PROTOCOLS = 3  # ETH_P_ALL of linux/if_ether.h
_BUFFER_SIZE = 33  # SO_RCVBUFFORCE of asm-generic/socket.h
_PACKET_LEVEL = 263  # SOL_PACKET of linux/socket.h
_STATISTICS = 6  # PACKET_STATISTICS of linux/if_packet.h


class Sniffer:
    """Notes where packets go that do not stay on this machine, and questions for names."""

    def __init__(self) -> None:
        self.packets: set[str] = set()
        self._wire = socket.socket(
            socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(_ALL_PROTOCOLS)
        )
        self._wire.setsockopt(socket.SOL_SOCKET, _BUFFER_SIZE, BUFFER_BYTES)
        Thread(target=self._listen, daemon=True).start()

    def dropped(self) -> int:
        """Packets that came too fast to be seen."""
        return int(struct.unpack("II", self._wire.getsockopt(_PACKET_LEVEL, _STATISTICS, 8))[1])

    def _listen(self) -> None:
        while True:
            packet = self._wire.recv(128)
            host, port = destination(packet)
            if not host.is_loopback or port == NAME_SERVICE:
                self.packets.add(f"{host} port {port}")


def destination(packet: bytes) -> tuple[IPv4Address | IPv6Address, int]:
    """Address and port of an IP packet; a meaningless port where it has none."""
    if packet[0] >> 4 == 4:
        start = 4 * (packet[0] & 15)
        host = packet[16:20]
    else:
        start, host = 40, packet[24:40]
    return ip_address(host), int.from_bytes(packet[start + 2 : start + 4])


class Proxy:
    """A listener that notes what it is asked for, and does nothing."""

    def __init__(self) -> None:
        self.requests: list[str] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        while True:
            connection, _ = self._listener.accept()
            with connection, suppress(OSError):
                connection.settimeout(1)
                self.requests.append(connection.recv(200).decode("ascii", "replace"))


def main() -> int:
    """Runs the command and writes the report."""
    report, *command = sys.argv[1:]
    for words in NETWORK:
        subprocess.run(["ip", *words.split()], check=True)
    sniffer, proxy = Sniffer(), Proxy()
    names = [f"{kind}_proxy" for kind in ("http", "https", "all", "grpc")]
    proxies = dict.fromkeys([*names, *map(str.upper, names)], proxy.url)
    environment = {**os.environ, **proxies, "no_proxy": "127.0.0.1,localhost"}
    code = subprocess.run(command, env=environment, check=False).returncode
    findings = {
        "packets": sorted(sniffer.packets),
        "proxied": proxy.requests,
        "dropped": sniffer.dropped(),
    }
    Path(report).write_text(json.dumps(findings), encoding="utf-8")
    return code


if __name__ == "__main__":
    sys.exit(main())
