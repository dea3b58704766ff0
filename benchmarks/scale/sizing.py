"""From the cost of one frame to the size of a cluster: arithmetic, nothing is measured here."""

from __future__ import annotations

import math
from dataclasses import dataclass

from benchmarks.scale.deployment import read_deployment

_APP = read_deployment("mien-app")
_MODEL_SERVER = read_deployment("mien-model-server")

AIM = _APP.aim
"""Share of the cores asked for that the autoscalers of `deploy/k8s` aim at."""

POD_CORES = _APP.cores
"""What a pod of the app asks for."""

MOST_PODS = _APP.most
"""The app's pods at which the autoscaler stops."""

PROXY_BITS = 10e9
"""What a proxy's network takes a second, one way."""


@dataclass(frozen=True)
class ModelServers:
    """What model servers ask for and how many there may be.

    Attributes:
        cores: What each asks for.
        most: Their number at which the autoscaler stops; without one it goes on.
    """

    cores: float = 1.0
    most: int | None = None


ONE_CORE = ModelServers()
DEPLOYED = ModelServers(_MODEL_SERVER.cores, _MODEL_SERVER.most)
"""Those of `deploy/k8s`."""


@dataclass(frozen=True)
class Cost:
    """What clients of one kind cost.

    Attributes:
        rate: Frames a second of a client.
        app_cpu_ms: Processor time of the app per frame.
        model_cpu_ms: The same of the model server.
        hub_ms: The part of `app_cpu_ms` in the one thread that all clients of an app share.
        client_bytes: Bytes between client and app per frame, both ways.
        model_bytes: Bytes between app and model server per frame, both ways.
        app_mib: Memory of an app without clients.
        session_mib: What a client adds to it.
        model_mib: Memory of a model server.
    """

    rate: float
    app_cpu_ms: float
    model_cpu_ms: float
    hub_ms: float
    client_bytes: float
    model_bytes: float
    app_mib: float
    session_mib: float
    model_mib: float

    @property
    def clients_per_pod(self) -> int:
        """Clients that keep a pod's core as busy as the autoscaler wants it, at least one."""
        return self._clients(POD_CORES, self.app_cpu_ms)

    @property
    def clients_per_model_server(self) -> int:
        """The same for a model server that asks for one core."""
        return self.clients_of(ONE_CORE)

    def clients_of(self, servers: ModelServers) -> int:
        """The same for one of these model servers."""
        return self._clients(servers.cores, self.model_cpu_ms)

    def _clients(self, cores: float, cpu_ms: float) -> int:
        return max(1, math.floor(AIM * cores * 1e3 / (self.rate * cpu_ms)))


@dataclass(frozen=True)
class Size:
    """What a number of webcams takes, without spares.

    Attributes:
        webcams: Their number.
        pods: Pods of the app.
        model_servers: Model servers.
        cores: What both ask for.
        memory_gib: Memory of both.
        client_gbits: Gigabits a second between clients and apps, both ways.
        model_gbits: The same between apps and model servers.
        connections: gRPC connections: every pod holds one to every model server.
    """

    webcams: int
    pods: int
    model_servers: int
    cores: float
    memory_gib: float
    client_gbits: float
    model_gbits: float
    connections: int


def size_for(webcams: int, cost: Cost, servers: ModelServers = ONE_CORE) -> Size:
    """The pods, memory and network that a number of webcams takes."""
    pods = math.ceil(webcams / cost.clients_per_pod)
    number = math.ceil(webcams / cost.clients_of(servers))
    memory = pods * cost.app_mib + webcams * cost.session_mib + number * cost.model_mib
    gbits = webcams * cost.rate * 8 / 1e9
    return Size(
        webcams=webcams,
        pods=pods,
        model_servers=number,
        cores=pods * POD_CORES + number * servers.cores,
        memory_gib=memory / 1024,
        client_gbits=gbits * cost.client_bytes,
        model_gbits=gbits * cost.model_bytes,
        connections=pods * number,
    )


@dataclass(frozen=True)
class Bound:
    """Something that gives way.

    Attributes:
        webcams: How many it takes.
        what: What it is.
        then: What to do about it.
    """

    webcams: int
    what: str
    then: str


def bounds(cost: Cost, cores: int, servers: ModelServers = ONE_CORE) -> list[Bound]:
    """What gives way when webcams are added, the first one first.

    Args:
        cost: Of the clients.
        cores: Of the machine that all of Mien runs on, for those who run it on one.
        servers: The model servers of a cluster.
    """
    frames_per_second = [
        (cores * 1e3 / (cost.app_cpu_ms + cost.model_cpu_ms), *_CORES),
        (1e3 / cost.hub_ms, *_HUB),
        (PROXY_BITS / 8 / cost.client_bytes, *_PROXY),
    ]
    found = [Bound(math.floor(f / cost.rate), *words) for f, *words in frames_per_second]
    found.append(Bound(MOST_PODS * cost.clients_per_pod, *_PODS))
    if servers.most is not None:
        found.append(Bound(servers.most * cost.clients_of(servers), *_MODEL_SERVERS))
    return sorted(found, key=lambda bound: bound.webcams)


_CORES = (
    "the cores of this machine, with app and model server on it",
    "another machine for an app of its own; apps share nothing",
)
_HUB = (
    "the thread of an app that talks to all its clients, given cores enough for the rest",
    "another app on the same machine",
)
_PODS = (
    "the most pods of the app that the autoscaler may start",
    "raise `maxReplicas` of the app",
)
_MODEL_SERVERS = (
    "the most model servers that the autoscaler may start",
    "raise `maxReplicas` of the model server, or let each ask for a whole core",
)
_PROXY = (
    "a proxy with a network of 10 Gbit/s",
    "several proxies, by DNS or a load balancer of the cloud; stickiness is a cookie, not a table",
)
