"""One round of measurements of a version, on all cores."""

from __future__ import annotations

import math
import urllib.request
from dataclasses import dataclass, field

import psutil

from benchmarks import webcams
from benchmarks.end_to_end import EndToEndMetrics, measure
from benchmarks.load import Load, Message
from benchmarks.model_server import running_model_server
from benchmarks.speed.checkout import Checkout
from tests.support.app_process import AppProcess, free_port

RATE = 10
CLIENTS = 10
CALLS_CLIENTS = 40
WARM_UP_SECONDS = 3.0
METRICS = "http://127.0.0.1:{}/monitoring/prometheus/metrics"
REQUEST_COUNT = ":tensorflow:serving:request_count{"


@dataclass(frozen=True)
class Cameras:
    """Messages of the simulated webcams, with one person in view or three."""

    one: list[list[Message]]
    three: list[list[Message]]


@dataclass(frozen=True)
class Round:
    """Measurements of a round.

    Attributes:
        alone: One client, one face.
        ten: Ten clients, one face each.
        crowded: Ten clients, three faces each.
        app_mib: Proportional set size (PSS) of the app after the load.
        model_mib: The same of the model server.
    """

    alone: EndToEndMetrics
    ten: EndToEndMetrics
    crowded: EndToEndMetrics
    app_mib: float
    model_mib: float

    @property
    def loads(self) -> list[EndToEndMetrics]:
        """All loads in order."""
        return [self.alone, self.ten, self.crowded]


@dataclass(frozen=True)
class Calls:
    """gRPC calls of an app to its model server.

    Attributes:
        per_second: Predict calls per second.
        per_frame: Predict calls per analyzed frame.
    """

    per_second: float
    per_frame: float


@dataclass
class Figures:
    """All measurements of a version.

    Attributes:
        checkout: The version.
        ready_seconds: Time from each start until the app was ready.
        rounds: Rounds on all cores.
        calls: gRPC calls with many clients.
        webcams: Number of webcams that one core carries.
        at_limit: Measurements with that number.
        page_ms: Time from each picture in a browser to its boxes.
        page_rate: Frames per second of that browser.
        in_process_ms: CPU time of the same work without network, server and clients, per frame.
    """

    checkout: Checkout
    ready_seconds: list[float] = field(default_factory=list)
    rounds: list[Round] = field(default_factory=list)
    calls: Calls = Calls(math.nan, math.nan)
    webcams: float = math.nan
    at_limit: EndToEndMetrics | None = None
    page_ms: list[float] = field(default_factory=list)
    page_rate: float = math.nan
    in_process_ms: float = math.nan


def prepare_cameras() -> Cameras:
    """Encodes the frames of all webcams."""
    one, three = webcams.one_face(RATE), webcams.three_faces(RATE)
    return Cameras(_messages(one), _messages(three))


def measure_round(checkout: Checkout, cameras: Cameras, seconds: float) -> Round:
    """Measures each load for some seconds, and then the memory."""
    with checkout.running() as app:
        warm_up(app, cameras)
        return Round(
            alone=measure(app, Load(cameras.one, 1, seconds)),
            ten=measure(app, Load(cameras.one, CLIENTS, seconds)),
            crowded=measure(app, Load(cameras.three, CLIENTS, seconds)),
            app_mib=_pss_mib(app.process),
            model_mib=_pss_mib(app.model_server),
        )


def measure_calls(checkout: Checkout, cameras: Cameras, seconds: float) -> Calls:
    """Counts gRPC calls in the metrics of a model server with many clients."""
    port = free_port()
    options = ["--http-port", str(port), "--contract", "serving/models.toml"]
    folder, python = checkout.folder, checkout.python
    with (
        running_model_server(*options, folder=folder, python=python) as (process, address),
        checkout.running(MIEN_MODEL_SERVER=address) as app,
    ):
        warm_up(app, cameras, process)
        before = _count_requests(port)
        load = Load(cameras.one, CALLS_CLIENTS, seconds)
        analysed = measure(app, load, model_server=process).analysed
        calls = _count_requests(port) - before
        return Calls(calls / seconds, calls / analysed)


def warm_up(app: AppProcess, cameras: Cameras, model_server: psutil.Process | None = None) -> None:
    """Lets the first frames pay for what is set up when it is first used."""
    measure(app, Load(cameras.one, 2, WARM_UP_SECONDS), model_server=model_server)


def _messages(cameras: list[list[bytes]]) -> list[list[Message]]:
    return [[({}, image) for image in camera] for camera in cameras]


def _pss_mib(process: psutil.Process) -> float:
    return float(process.memory_full_info().pss) / 2**20


def _count_requests(port: int) -> float:
    """Returns the number of Predict requests that a model server has handled."""
    with urllib.request.urlopen(METRICS.format(port)) as response:
        lines = response.read().decode().splitlines()
    return sum(float(line.split()[-1]) for line in lines if line.startswith(REQUEST_COUNT))
