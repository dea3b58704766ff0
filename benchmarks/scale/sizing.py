"""Sizing: computes the size of a cluster from the cost of one frame. Nothing is measured here."""

from __future__ import annotations

import math
from dataclasses import dataclass

from benchmarks.scale.deployment import read_deployment
from web.processes.place import APPS_PER_MODEL_SERVER

_APP = read_deployment("mien-app")
_MODEL_SERVER = read_deployment("mien-model-server")

TARGET_UTILISATION = _APP.target_utilisation
"""Share of the requested cores that the autoscalers of `deploy/k8s` aim at."""

POD_CORES = _APP.cores
"""CPU request of an app pod."""

MAX_PODS = _APP.max_pods
"""Maximum number of app pods of the autoscaler."""

PROXY_BITS = 10e9
"""Network bandwidth of a proxy in bits per second, one way."""


@dataclass(frozen=True)
class ModelServers:
    """Size and limit of the model servers.

    Attributes:
        cores: CPU request of each.
        maximum: Maximum of the autoscaler; None without a maximum.
    """

    cores: float = 1.0
    maximum: int | None = None


ONE_CORE = ModelServers()
DEPLOYED = ModelServers(_MODEL_SERVER.cores, _MODEL_SERVER.max_pods)
"""The model servers of `deploy/k8s`."""


@dataclass(frozen=True)
class Cost:
    """Cost of one kind of client.

    Attributes:
        rate: Frames per second of a client.
        app_cpu_ms: CPU time of the app per frame.
        model_cpu_ms: CPU time of the model server per frame.
        hub_ms: Part of `app_cpu_ms` in the main thread, which all clients of an app share.
        client_bytes: Bytes between client and app per frame, both ways.
        model_bytes: Bytes between app and model server per frame, both ways.
        app_mib: Memory of an app without clients.
        session_mib: Memory that a client adds.
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
        """Clients that keep a pod's core at the target utilisation; at least one."""
        return self._clients(POD_CORES, self.app_cpu_ms)

    @property
    def clients_per_model_server(self) -> int:
        """Clients per model server that requests one core."""
        return self.clients_of(ONE_CORE)

    def clients_of(self, servers: ModelServers) -> int:
        """Clients per model server of this size."""
        return self._clients(servers.cores, self.model_cpu_ms)

    def _clients(self, cores: float, cpu_ms: float) -> int:
        return max(1, math.floor(TARGET_UTILISATION * cores * 1e3 / (self.rate * cpu_ms)))


@dataclass(frozen=True)
class Size:
    """Size of a cluster for a number of webcams, without spares.

    Attributes:
        webcams: Number of webcams.
        pods: App pods.
        model_servers: Model servers.
        cores: CPU requests of both.
        memory_gib: Memory of both.
        client_gbits: Gigabits per second between clients and apps, both ways.
        model_gbits: Gigabits per second between apps and model servers, both ways.
        connections: gRPC connections: every pod has one to every model server.
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
    """Computes the pods, memory and network for a number of webcams."""
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
class Machine:
    """What one machine carries with one app process per core.

    Attributes:
        cores: Cores.
        model_servers: Model servers that the app processes share.
        webcams: Webcams at the target utilisation.
        memory_gib: Memory of all processes.
        client_gbits: Gigabits per second between clients and machine, both ways.
        bottleneck: What runs out first.
        next_bottleneck: What would run out next.
        next_webcams: Webcams at which it would.
    """

    cores: int
    model_servers: int
    webcams: int
    memory_gib: float
    client_gbits: float
    bottleneck: str
    next_bottleneck: str
    next_webcams: int


def machine_for(cores: int, cost: Cost) -> Machine:
    """Computes what a machine carries.

    Args:
        cores: Cores, and number of app processes.
        cost: Cost of the clients.
    """
    servers = math.ceil(cores / APPS_PER_MODEL_SERVER)
    cpu_ms = cost.app_cpu_ms + cost.model_cpu_ms
    share = TARGET_UTILISATION * 1e3 / cost.rate
    limits = {
        "cores": cores * share / cpu_ms,
        "main threads of the app processes": cores * share / cost.hub_ms,
        "model servers, one core each": servers * share / cost.model_cpu_ms,
        "10 Gbit/s network": TARGET_UTILISATION * PROXY_BITS / 8 / cost.client_bytes / cost.rate,
    }
    (first, webcams), (second, more), *_ = sorted(limits.items(), key=lambda each: each[1])
    memory = cores * cost.app_mib + servers * cost.model_mib + webcams * cost.session_mib
    return Machine(
        cores=cores,
        model_servers=servers,
        webcams=math.floor(webcams),
        memory_gib=memory / 1024,
        client_gbits=webcams * cost.rate * cost.client_bytes * 8 / 1e9,
        bottleneck=first,
        next_bottleneck=second,
        next_webcams=math.floor(more),
    )


@dataclass(frozen=True)
class Bottleneck:
    """A resource that runs out.

    Attributes:
        webcams: Number of webcams at which it runs out.
        resource: The resource.
        remedy: What to do about it.
    """

    webcams: int
    resource: str
    remedy: str


def bottlenecks(cost: Cost, cores: int, servers: ModelServers = ONE_CORE) -> list[Bottleneck]:
    """Lists the resources that run out as webcams are added, the first one first.

    Args:
        cost: Cost of the clients.
        cores: Cores of the machine, if all of Mien runs on one machine.
        servers: The model servers of a cluster.
    """
    frames_per_second = [
        (cores * 1e3 / (cost.app_cpu_ms + cost.model_cpu_ms), *_CORES),
        (1e3 / cost.hub_ms, *_HUB),
        (PROXY_BITS / 8 / cost.client_bytes, *_PROXY),
    ]
    found = [Bottleneck(math.floor(f / cost.rate), *words) for f, *words in frames_per_second]
    found.append(Bottleneck(MAX_PODS * cost.clients_per_pod, *_PODS))
    if servers.maximum is not None:
        maximum = servers.maximum * cost.clients_of(servers)
        found.append(Bottleneck(maximum, *_MODEL_SERVERS))
    return sorted(found, key=lambda bottleneck: bottleneck.webcams)


_CORES = (
    "cores of this machine, with app and model server on it",
    "run Mien on another machine, too; apps share nothing",
)
_HUB = (
    "main thread of an app process, which serves all its clients, if there are cores for the rest",
    "run several app processes: `make run PROCESSES=auto`",
)
_PODS = (
    "app pods: maximum of the autoscaler",
    "raise `maxReplicas` of the app",
)
_MODEL_SERVERS = (
    "model servers: maximum of the autoscaler",
    "raise `maxReplicas` of the model server, or let each request a whole core",
)
_PROXY = (
    "proxy with a 10 Gbit/s network",
    "run several proxies behind DNS or a cloud load balancer; sessions stick by a cookie",
)
