"""Admission of connections: caps, deadlines, and who goes when there is no room.

A cap that refuses newcomers would let anyone who holds enough connections lock all others out. Here
the newcomer gets the place of the connection that is worth least: the oldest one that has not even
finished its TLS handshake, its head or its body. Only sessions are never closed for that. When
nobody can go, the newcomer gets one of a few places that are kept for probes.
"""

from __future__ import annotations

import _socket
import math
import socket
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from threading import RLock, Thread
from typing import Any

from web.forwarded import is_trusted
from web.metrics import CONNECTIONS, CONNECTIONS_CLOSED
from web.networks import network_of
from web.settings.values import Proxy
from web.transport.stages import Queue, Stage

REQUESTS_PER_SID = 8
"""At the same time: a client that polls has a GET, a POST and perhaps a WebSocket that it tries."""
PROBES = 32
"""Places beyond the caps, for those who only ask whether the service lives."""
HANDSHAKES_SHARE, HANDSHAKES_LEAST = 4, 8
"""Half of a TLS handshake takes 60 KiB, so at most a quarter of the places may be in one."""
SWEEP_SECONDS = 0.5


@dataclass(frozen=True)
class ConnectionLimits:
    """How many connections may be open.

    Attributes:
        total: Of all clients together.
        per_address: Of one address; of one network of 64 bits for IPv6.
        trusted: Proxies, whose connections count for the total only.
        probes: Places beyond these.
    """

    total: int
    per_address: int
    trusted: tuple[Proxy, ...] = ()
    probes: int = PROBES


class Connection:
    """A connection that was admitted.

    Attributes:
        sock: Its socket.
        network: That of its address; None where only the total counts.
        is_probe: It has a place that is kept for probes.
        stage: What it is doing.
        since: When it entered that stage.
        deadline: When it is closed, unless it is further by then.
        request: Number of the request that it is at.
    """

    def __init__(self, admission: Admission, sock: Any, network: str | None, now: float) -> None:
        self.sock = sock
        self.network = network
        self.is_probe = False
        self.stage = Stage.HEAD
        self.since = now
        self.deadline = math.inf
        self.request = 0
        self.admission = admission

    def enter(self, stage: Stage, seconds: float = math.inf) -> None:
        """Moves on to a stage, which must end within this time."""
        self.admission.move(self, stage, seconds)

    def leave(self) -> None:
        """Gives the place back. Doing so twice is harmless."""
        self.admission.remove(self)

    def hang_up(self) -> None:
        """Ends the connection for whatever reads or writes it now, in another greenlet or thread.

        The socket's own `close` would wait for those, and `SSLSocket.shutdown` would pull the
        encryption from under them.
        """
        with suppress(OSError):
            _socket.socket.shutdown(getattr(self.sock, "fd", self.sock), socket.SHUT_RDWR)


class Admission:
    """All connections of a server.

    Args:
        limits: How many there may be.
        clock: Seconds.
    """

    def __init__(
        self, limits: ConnectionLimits, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.limits = limits
        self.is_draining = False
        self._clock = clock
        self._lock = RLock()
        self._open: dict[Connection, None] = {}
        self._all: Queue[Connection] = Queue()
        self._by_network: dict[str, Queue[Connection]] = {}
        self._probes: dict[Connection, None] = {}
        self._requests: Counter[str] = Counter()

    def __len__(self) -> int:
        return len(self._open)

    def admit(self, sock: Any, address: Any) -> Connection:
        """Finds a place for a new connection, if need be another one's.

        Args:
            sock: Its socket.
            address: Where it comes from, as `accept` says.
        """
        with self._lock:
            connection = Connection(self, sock, self._network_of(address), self._clock())
            connection.is_probe = not self._make_room(connection.network)
            self._open[connection] = None
            CONNECTIONS.inc()
            if connection.is_probe:
                self._take_probe(connection)
            else:
                self._line_up(connection)
        return connection

    def move(self, connection: Connection, stage: Stage, seconds: float) -> None:
        """Moves a connection on to a stage; one that was closed meanwhile stays away."""
        with self._lock:
            if connection not in self._open:
                return
            if stage is Stage.HANDSHAKE:
                self._bound_handshakes(connection)
            queues = [] if connection.is_probe else self._queues(connection)
            for queue in queues:
                queue.remove(connection)
            connection.stage, connection.since = stage, self._clock()
            connection.deadline = connection.since + seconds
            for queue in queues:
                queue.add(connection)

    def remove(self, connection: Connection) -> None:
        """Gives a connection's place back."""
        with self._lock:
            if connection not in self._open:
                return
            del self._open[connection]
            CONNECTIONS.dec()
            if connection.is_probe:
                del self._probes[connection]
                return
            for queue in self._queues(connection):
                queue.remove(connection)
            if connection.network and not self._by_network[connection.network]:
                del self._by_network[connection.network]

    def begin_request(self, sid: str) -> bool:
        """Counts a request of an Engine.IO connection; says whether it may have one more."""
        with self._lock:
            if self._requests[sid] >= REQUESTS_PER_SID:
                return False
            self._requests[sid] += 1
            return True

    def end_request(self, sid: str) -> None:
        """Counts the end of such a request."""
        with self._lock:
            self._requests[sid] -= 1
            if not self._requests[sid]:
                del self._requests[sid]

    def sweep(self) -> None:
        """Closes the connections that are past their deadline."""
        now = self._clock()
        with self._lock:
            for connection in [each for each in self._open if each.deadline <= now]:
                self._close(connection, "deadline")

    def watch(self) -> None:
        """Sweeps from now on, in a thread of its own."""
        Thread(target=self._watch, name="deadlines", daemon=True).start()

    def drain(self) -> None:
        """Closes the connections without a request, and from now on each after its request."""
        with self._lock:
            self.is_draining = True
            waiting = {Stage.HANDSHAKE, Stage.HEAD, Stage.IDLE}
            for connection in [each for each in self._open if each.stage in waiting]:
                self._close(connection, "shutdown")

    def _watch(self) -> None:
        while True:
            time.sleep(SWEEP_SECONDS)
            self.sweep()

    def _network_of(self, address: Any) -> str | None:
        """The network that is counted; all clients of a proxy or a Unix socket share an address."""
        if not isinstance(address, tuple) or is_trusted(address[0], self.limits.trusted):
            return None
        return network_of(address[0])

    def _make_room(self, network: str | None) -> bool:
        """Makes room for one more, if that is possible."""
        own = self._by_network.get(network) if network else None
        if own and len(own) >= self.limits.per_address and not self._shrink(own):
            return False
        return len(self._all) < self.limits.total or self._shrink(self._all)

    def _shrink(self, queue: Queue[Connection]) -> bool:
        expendable = queue.expendable(self._clock())
        if expendable:
            self._close(expendable, "full")
        return expendable is not None

    def _bound_handshakes(self, newcomer: Connection) -> None:
        caps = (self.limits.total, self.limits.per_address)
        for queue, cap in zip(self._queues(newcomer), caps, strict=False):
            most = max(HANDSHAKES_LEAST, cap // HANDSHAKES_SHARE)
            if oldest := queue.oldest(Stage.HANDSHAKE, most):
                self._close(oldest, "full")

    def _take_probe(self, connection: Connection) -> None:
        if len(self._probes) >= self.limits.probes:
            self._close(next(iter(self._probes)), "full")
        self._probes[connection] = None

    def _line_up(self, connection: Connection) -> None:
        if connection.network:
            self._by_network.setdefault(connection.network, Queue())
        for queue in self._queues(connection):
            queue.add(connection)

    def _queues(self, connection: Connection) -> list[Queue[Connection]]:
        own = [self._by_network[connection.network]] if connection.network else []
        return [self._all, *own]

    def _close(self, connection: Connection, reason: str) -> None:
        CONNECTIONS_CLOSED.labels(reason, connection.stage.name.lower()).inc()
        self.remove(connection)
        connection.hang_up()
