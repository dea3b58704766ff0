"""Admission of connections: limits, deadlines, and which connection makes room for a new one.

A limit that refuses new connections would let anyone who holds enough of them lock all others out.
Here a new connection gets the place of the least valuable one: the oldest that has not finished its
TLS handshake, its head or its body. A connection with a session is never closed for that, and one
that a session will use again only if there is no other. If none can be closed, the new one gets one
of a few places for probes.
"""

from __future__ import annotations

import _socket
import math
import socket
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from threading import RLock, Thread
from typing import Any

from web.http.forwarded import is_trusted
from web.http.networks import network_of
from web.observability.metrics import CONNECTIONS, CONNECTIONS_CLOSED
from web.settings.values import Proxy
from web.transport.stages import Queue, Stage

REQUESTS_PER_SID = 8
"""Requests at the same time: a polling client has a GET, a POST and perhaps a WebSocket."""
PROBES = 32
"""Places beyond the limits, for probes of `/healthz` and `/readyz`."""
HANDSHAKES_SHARE, HANDSHAKES_LEAST = 4, 8
"""An unfinished TLS handshake takes 60 KiB, so at most a quarter of the places may be in one."""
SWEEP_SECONDS = 0.5


@dataclass(frozen=True)
class ConnectionLimits:
    """How many connections may be open.

    Attributes:
        total: Connections of all clients together.
        per_address: Connections of one IPv4 address or one IPv6 /64 network.
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
        network: Network of its address, or None if only the total counts.
        is_probe: Whether it has a place for probes.
        stage: Its current stage.
        since: Time at which it entered the stage.
        deadline: Time at which it is closed, unless it enters another stage before.
        request: Number of its current request.
        kept_since: Number of the request since which it is kept for a session, or None.
        is_handed_over: Whether another process has it now.
    """

    def __init__(self, admission: Admission, sock: Any, network: str | None, now: float) -> None:
        self.sock = sock
        self.network = network
        self.is_probe = False
        self.stage = Stage.HEAD
        self.since = now
        self.deadline = math.inf
        self.request = 0
        self.kept_since: int | None = None
        self.is_handed_over = False
        self.admission = admission

    @property
    def rank(self) -> Stage:
        """The stage that decides when it makes room."""
        return self.stage if self.kept_since is None else max(self.stage, Stage.KEPT)

    def enter(self, stage: Stage, seconds: float = math.inf) -> None:
        """Enters a stage, which must end within this time."""
        self.admission.move(self, stage, seconds)

    def keep_since(self, request: int | None) -> None:
        """Keeps the connection for a session, from a request on, or no longer."""
        self.admission.keep(self, request)

    def leave(self) -> None:
        """Releases the place. Doing so twice is harmless."""
        self.admission.remove(self)

    def hang_up(self) -> None:
        """Ends the connection while another greenlet or thread reads or writes it.

        The socket's own `close` would wait for those, and `SSLSocket.shutdown` would remove the
        encryption that they use.
        """
        with suppress(OSError):
            _socket.socket.shutdown(getattr(self.sock, "fd", self.sock), socket.SHUT_RDWR)


class Admission:
    """All connections of a server.

    Args:
        limits: Number of connections that may be open.
        clock: Monotonic time in seconds.
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
        """Finds a place for a new connection; if necessary, it closes another one.

        Args:
            sock: Its socket.
            address: Its address, from `accept`.
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
        """Moves a connection to a stage, unless it was closed meanwhile."""
        with self._lock:
            if connection not in self._open:
                return
            if stage is Stage.HANDSHAKE:
                self._bound_handshakes(connection)
            with self._requeued(connection):
                connection.stage, connection.since = stage, self._clock()
                connection.deadline = connection.since + seconds

    def keep(self, connection: Connection, request: int | None) -> None:
        """Keeps a connection for a session or no longer, unless it was closed meanwhile."""
        with self._lock:
            if connection in self._open:
                with self._requeued(connection):
                    connection.kept_since = request

    def remove(self, connection: Connection) -> None:
        """Releases a connection's place."""
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
        """Counts a request of an Engine.IO connection, unless it has too many already."""
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
        """Closes the connections that have passed their deadline."""
        now = self._clock()
        with self._lock:
            for connection in [each for each in self._open if each.deadline <= now]:
                self._close(connection, "deadline")

    def watch(self) -> None:
        """Sweeps from now on, in a thread of its own."""
        Thread(target=self._watch, name="deadlines", daemon=True).start()

    def drain(self) -> None:
        """Closes the connections without a request, and each of the others after its request."""
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
        """The network to count, or None for a proxy or a Unix socket, which many clients share."""
        if not isinstance(address, tuple) or is_trusted(address[0], self.limits.trusted):
            return None
        return network_of(address[0])

    def _make_room(self, network: str | None) -> bool:
        """Makes room for one more connection, if possible."""
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

    @contextmanager
    def _requeued(self, connection: Connection) -> Iterator[None]:
        """Puts a connection at the end of its new rank."""
        queues = [] if connection.is_probe else self._queues(connection)
        for queue in queues:
            queue.remove(connection)
        yield
        for queue in queues:
            queue.add(connection)

    def _queues(self, connection: Connection) -> list[Queue[Connection]]:
        own = [self._by_network[connection.network]] if connection.network else []
        return [self._all, *own]

    def _close(self, connection: Connection, reason: str) -> None:
        CONNECTIONS_CLOSED.labels(reason, connection.stage.name.lower()).inc()
        self.remove(connection)
        connection.hang_up()
