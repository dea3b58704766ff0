"""Several apps that share one model server, each with clients of its own."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

import numpy as np
import psutil

from benchmarks.end_to_end import cpu_seconds, run_clients
from tests.support.app_process import AppProcess, running_app
from web.settings import ROOT


@dataclass(frozen=True)
class Load:
    """What every app of a fleet is asked to do.

    Attributes:
        event: `frame`, or `faces` for clients that find the faces themselves.
        clients: Clients of each app.
        rate: Events a second of each client.
        seconds: How long.
    """

    event: str
    clients: int
    rate: float
    seconds: float


@dataclass(frozen=True)
class FleetFigures:
    """What a fleet did under a load.

    Attributes:
        apps: Number of apps.
        clients: Number of clients of all apps.
        frames_per_second: Frames analysed.
        emotion_p95_ms: 95th percentile from sent to the emotion's prediction.
        dropped: Share of the frames that a newer one replaced.
        app_cpu_ms: Processor time of all apps per frame.
        model_cpu_ms: The same of the model server.
        hub_ms: The part of `app_cpu_ms` that the thread spends which all clients of an app share.
        app_mib: Memory of an app, the mean of all.
        model_mib: Memory of the model server.
        loopback_bytes: Bytes per frame on the loopback device, both ways, with packets' headers.
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
    """Running apps and the model server that they share."""

    apps: Sequence[AppProcess]
    models: psutil.Process

    def measure(self, load: Load) -> FleetFigures:
        """Lets the clients of all apps send at the same time."""
        before = self._spent()
        seen = self._run(load)
        spent = self._spent() - before
        fates = [sum(part["fates"].get(f, 0) for part in seen) for f in ("analysed", "dropped")]
        analysed, dropped = fates
        app, model, hub, loopback = (float(v) / max(analysed, 1) for v in spent)
        emotion = [ms for part in seen for ms in part["emotion_ms"]]
        return FleetFigures(
            apps=len(self.apps),
            clients=len(self.apps) * load.clients,
            frames_per_second=analysed / load.seconds,
            emotion_p95_ms=float(np.percentile(emotion or [np.nan], 95)),
            dropped=dropped / max(analysed + dropped, 1),
            app_cpu_ms=app * 1e3,
            model_cpu_ms=model * 1e3,
            hub_ms=hub * 1e3,
            app_mib=float(np.mean([_mib(app.process) for app in self.apps])),
            model_mib=_mib(self.models),
            loopback_bytes=loopback,
        )

    def _run(self, load: Load) -> list[dict]:
        def run(app: AppProcess) -> dict:
            return run_clients(app.url, load.clients, load.seconds, load.rate, load.event)

        with ThreadPoolExecutor(len(self.apps)) as pool:
            return list(pool.map(run, self.apps))

    def _spent(self) -> np.ndarray:
        """Seconds of all apps, the model server and the apps' hubs, and bytes on loopback."""
        apps = sum(cpu_seconds(app.process) for app in self.apps)
        hubs = sum(_hub_seconds(app.process) for app in self.apps)
        loopback = psutil.net_io_counters(pernic=True)["lo"].bytes_sent
        return np.array([apps, cpu_seconds(self.models), hubs, loopback])


@contextmanager
def own_models() -> Iterator[Fleet]:
    """One app with the model server that it starts itself, which it reaches by a unix socket."""
    with running_app() as app:
        yield Fleet([app], app.model_server)


@contextmanager
def shared_models(count: int) -> Iterator[Fleet]:
    """`count` apps that reach one model server by TCP."""
    with ExitStack() as stack:
        models = stack.enter_context(_running_models())
        address = models.stdout.readline().split()[-1]
        apps = [stack.enter_context(running_app(MIEN_MODEL_SERVER=address)) for _ in range(count)]
        yield Fleet(apps, psutil.Process(models.pid))


@contextmanager
def _running_models() -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "serving", "--port", "0", "--exit-with-stdin"]
    pipe = subprocess.PIPE
    with subprocess.Popen(
        command, cwd=ROOT, text=True, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL
    ) as process:
        yield process
        process.terminate()


def _hub_seconds(process: psutil.Process) -> float:
    """Processor time of the main thread, where eventlet's hub and all greenlets run."""
    [main] = [thread for thread in process.threads() if thread.id == process.pid]
    return float(main.user_time + main.system_time)


def _mib(process: psutil.Process) -> float:
    return float(process.memory_info().rss) / 2**20
