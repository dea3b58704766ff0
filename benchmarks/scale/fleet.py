"""Fleet: several apps, or app processes behind one port, that share one model server."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

import numpy as np
import psutil
from numpy.typing import NDArray

from benchmarks import load as client_load
from benchmarks.end_to_end import cpu_seconds, run_clients
from benchmarks.load import Received
from benchmarks.messages import MESSAGES
from benchmarks.model_server import running_model_server
from benchmarks.thread_time import main_thread_seconds
from tests.support.app_process import running_app
from tests.support.members import await_members, members


@dataclass(frozen=True)
class Load:
    """Load on every port of a fleet.

    Attributes:
        event: `frame`, or `faces` for clients that detect the faces themselves.
        clients: Clients per port.
        rate: Events per second and client.
        seconds: Duration.
    """

    event: str
    clients: int
    rate: float
    seconds: float


@dataclass(frozen=True)
class FleetMetrics:
    """Measurements of a fleet under a load.

    Attributes:
        apps: Number of apps.
        clients: Number of clients of all apps.
        frames_per_second: Analyzed frames per second.
        emotion_p95_ms: 95th percentile of the time from sending a frame to its emotion.
        dropped: Share of frames that a newer frame replaced.
        app_cpu_ms: CPU time of all apps per frame.
        model_cpu_ms: CPU time of the model server per frame.
        hub_ms: Part of `app_cpu_ms` in the main thread, which all clients of an app share.
        app_mib: Mean memory of an app.
        model_mib: Memory of the model server.
        loopback_bytes: Bytes per frame on the loopback device, both ways, with packet headers.
    """

    apps: int
    clients: int
    frames_per_second: float
    emotion_p95_ms: float
    dropped: float
    app_cpu_ms: float
    model_cpu_ms: float
    hub_ms: float
    app_mib: float
    model_mib: float
    loopback_bytes: float

    @property
    def cores(self) -> float:
        """Cores that apps and model server keep busy."""
        return self.frames_per_second * (self.app_cpu_ms + self.model_cpu_ms) / 1e3


@dataclass(frozen=True)
class Fleet:
    """Running app processes and the model server that they share.

    Attributes:
        ports: Ports to which clients connect.
        apps: The app processes.
        models: The model server.
        parents: Processes that deal connections out to app processes.
    """

    ports: Sequence[int]
    apps: Sequence[psutil.Process]
    models: psutil.Process
    parents: Sequence[psutil.Process] = ()

    def measure(self, load: Load) -> FleetMetrics:
        """Runs the clients of all ports at the same time."""
        before = self._usage()
        results = self._run(load)
        used = self._usage() - before
        statuses = ("analysed", "dropped")
        analysed, dropped = (sum(r.statuses[s] for r in results) for s in statuses)
        app, model, hub, loopback = (float(v) / max(analysed, 1) for v in used)
        emotion = [ms for result in results for ms in result.emotion_ms]
        return FleetMetrics(
            apps=len(self.apps),
            clients=len(self.ports) * load.clients,
            frames_per_second=analysed / load.seconds,
            emotion_p95_ms=float(np.percentile(emotion or [np.nan], 95)),
            dropped=dropped / max(analysed + dropped, 1),
            app_cpu_ms=app * 1e3,
            model_cpu_ms=model * 1e3,
            hub_ms=hub * 1e3,
            app_mib=float(np.mean([_mib(app) for app in self.apps])),
            model_mib=_mib(self.models),
            loopback_bytes=loopback,
        )

    def _run(self, load: Load) -> list[Received]:
        cameras = [MESSAGES[load.event](50)]
        part = client_load.Load(cameras, load.clients, load.seconds, load.rate, load.event)

        def run(port: int) -> Received:
            return run_clients(port, part)

        with ThreadPoolExecutor(len(self.ports)) as pool:
            return list(pool.map(run, self.ports))

    def _usage(self) -> NDArray[np.float64]:
        """CPU seconds of all apps, the model server and the apps' hubs, and loopback bytes."""
        apps = sum(cpu_seconds(each) for each in (*self.apps, *self.parents))
        hubs = sum(main_thread_seconds(app) for app in self.apps)
        loopback = psutil.net_io_counters(pernic=True)["lo"].bytes_sent
        return np.array([apps, cpu_seconds(self.models), hubs, loopback])


@contextmanager
def own_models() -> Iterator[Fleet]:
    """Runs one app with its embedded model server, connected by a unix socket."""
    with running_app() as app:
        yield Fleet([app.port], [app.process], app.model_server)


@contextmanager
def processes(count: int) -> Iterator[Fleet]:
    """Runs one service with `count` app processes behind one port."""
    with running_app(MIEN_PROCESSES=str(count)) as service:
        await_members(service, count)
        parent = [service.process] if count > 1 else []
        apps = members(service) if count > 1 else [service.process]
        yield Fleet([service.port], apps, service.model_server, parent)


@contextmanager
def shared_models(count: int) -> Iterator[Fleet]:
    """Runs `count` apps with one model server, connected by TCP."""
    with ExitStack() as stack:
        process, address = stack.enter_context(running_model_server())
        apps = [stack.enter_context(running_app(MIEN_MODEL_SERVER=address)) for _ in range(count)]
        yield Fleet([app.port for app in apps], [app.process for app in apps], process)


def _mib(process: psutil.Process) -> float:
    return float(process.memory_info().rss) / 2**20
