"""Metrics of the server, with TensorFlow Serving's names.

Sources: tensorflow/serving `tensorflow_serving/servables/tensorflow/util.cc` (requests),
`tensorflow_serving/batching/batching_session.cc` and `batching_util.h` (batches), and
`tensorflow_serving/util/prometheus_exporter.cc` (names in Prometheus). Its times are in
microseconds. The label `model_name` of a batch is an addition. Memory and processor time have the
usual names of Prometheus clients; TensorFlow Serving does not export them.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterable
from time import perf_counter
from typing import Any

from numpy.typing import NDArray
from prometheus_client import (
    CollectorRegistry,
    Histogram,
    ProcessCollector,
    disable_created_metrics,
)
from prometheus_client.core import Metric, UnknownMetricFamily
from prometheus_client.registry import Collector

from serving.server.batching import Run
from serving.server.openvino_model import Arrays

disable_created_metrics()  # type: ignore[no-untyped-call]

REGISTRY = CollectorRegistry()
MICROSECONDS = tuple(10 * 1.8**step for step in range(33))
ROWS = tuple(2**step for step in range(14))

ProcessCollector(registry=REGISTRY)


class RequestCount(Collector):
    """Counter of requests whose name, like TensorFlow Serving's, does not end in `_total`."""

    name = ":tensorflow:serving:request_count"
    documentation = "Predict requests, by model and gRPC status."
    labels = ("model_name", "status")

    def __init__(self, registry: CollectorRegistry) -> None:
        self._counts: Counter[tuple[str, str]] = Counter()
        self._lock = threading.Lock()
        registry.register(self)

    def add(self, model: str, status: str) -> None:
        """Counts one request."""
        with self._lock:
            self._counts[model, status] += 1

    def collect(self) -> Iterable[Metric]:
        """Returns the counts for the Prometheus library."""
        family = UnknownMetricFamily(self.name, self.documentation, labels=self.labels)
        with self._lock:
            counts = dict(self._counts)
        for key, count in counts.items():
            family.add_metric(key, count)
        yield family


REQUESTS = RequestCount(REGISTRY)
REQUEST_LATENCY = Histogram(
    ":tensorflow:serving:request_latency",
    "Microseconds from a Predict request to its response, by model; failed ones do not count.",
    ["model_name", "API", "entrypoint"],
    buckets=MICROSECONDS,
    registry=REGISTRY,
)
RUNTIME_LATENCY = Histogram(
    ":tensorflow:serving:runtime_latency",
    "Microseconds that one run of a model took.",
    ["model_name", "API", "runtime"],
    buckets=MICROSECONDS,
    registry=REGISTRY,
)
BATCH_SIZE = Histogram(
    ":tensorflow:serving:batching_session:processed_batch_size",
    "Faces of one run of a model, for one call or several concurrent ones.",
    ["model_name"],
    buckets=ROWS,
    registry=REGISTRY,
)


def count_request(model: str, status: str, seconds: float) -> None:
    """Counts a Predict request at its end.

    Args:
        model: Name of the model.
        status: Name of the gRPC status.
        seconds: Duration.
    """
    REQUESTS.add(model, status)
    if status == "OK":
        REQUEST_LATENCY.labels(model, "Predict", "GRPC").observe(seconds * 1e6)


def observe_runs(model: str, run: Run) -> Run:
    """Measures each run of a model."""
    latency = RUNTIME_LATENCY.labels(model, "Predict", "OpenVINO")
    batch_size = BATCH_SIZE.labels(model)

    def observed(inputs: Arrays) -> dict[str, NDArray[Any]]:
        start = perf_counter()
        outputs = run(inputs)
        latency.observe((perf_counter() - start) * 1e6)
        batch_size.observe(len(next(iter(inputs.values()))))
        return outputs

    return observed
