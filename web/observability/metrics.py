"""Prometheus metrics of the app; docs/reference/operations.md has a table of them.

They are counted even if `MIEN_METRICS_PORT` is not set, which takes 20 us per frame. Under eventlet
too, the locks of the Prometheus library are real: a green lock takes 2 us, and a frame needs
thirty. No green thread switches while it holds one.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from process.unpatched_modules import real_modules

with real_modules():
    from prometheus_client import (
        CollectorRegistry,
        Counter,
        Gauge,
        Histogram,
        ProcessCollector,
        disable_created_metrics,
    )

from face_utils.errors import (
    BadImage,
    BadRequest,
    ImageTooLarge,
    InternalError,
    RateLimited,
    SessionExpired,
)
from face_utils.results import Wire

disable_created_metrics()  # type: ignore[no-untyped-call]

REGISTRY = CollectorRegistry()
SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.25, 0.5, 1.0, 2.5)
FACES = (0, 1, 2, 4, 8, 16, 32)

ProcessCollector(registry=REGISTRY)

SESSIONS = Gauge("mien_sessions", "Open sessions.", registry=REGISTRY)
SESSIONS_OPENED = Counter("mien_sessions_opened_total", "Sessions opened.", registry=REGISTRY)
SESSIONS_ENDED = Counter(
    "mien_sessions_ended_total", "Closed sessions by reason.", ["reason"], registry=REGISTRY
)
SESSIONS_REFUSED = Counter(
    "mien_sessions_refused_total",
    "Clients refused with `server_full` because all sessions were in use.",
    registry=REGISTRY,
)
CONNECTIONS = Gauge(
    "mien_connections", "Open connections, including those of the metrics port.", registry=REGISTRY
)
CONNECTIONS_CLOSED = Counter(
    "mien_connections_closed_total",
    "Connections that the service closed early, by reason and stage of the connection.",
    ["reason", "stage"],
    registry=REGISTRY,
)
REQUESTS_REFUSED = Counter(
    "mien_requests_refused_total",
    "Requests refused before they reached the app, by HTTP status.",
    ["status"],
    registry=REGISTRY,
)
UNAUTHORIZED = Counter(
    "mien_unauthorized_total",
    "Refused connects by reason: the access token is missing, wrong, or unchecked in a flood.",
    ["reason"],
    registry=REGISTRY,
)
FRAMES = Counter(
    "mien_frames_total",
    "Frames by status (analysed, dropped or error), and by code of an error.",
    ["status", "code"],
    registry=REGISTRY,
)
FRAME_STAGES = Histogram(
    "mien_frame_stage_seconds",
    "Duration of a stage of an analyzed frame; total is from its arrival to its ack.",
    ["stage"],
    buckets=SECONDS,
    registry=REGISTRY,
)
FRAME_FACES = Histogram(
    "mien_frame_faces", "Faces per analyzed frame.", buckets=FACES, registry=REGISTRY
)
MODEL_AVAILABLE = Gauge(
    "mien_model_available", "1 while a model can be asked, else 0.", ["model"], registry=REGISTRY
)
MODEL_CALLS = Counter(
    "mien_model_calls_total", "Completed calls to a model.", ["model"], registry=REGISTRY
)
MODEL_ERRORS = Counter(
    "mien_model_errors_total",
    "Failed calls to a model by reason.",
    ["model", "kind"],
    registry=REGISTRY,
)
MODEL_SERVER_RESTARTS = Counter(
    "mien_model_server_restarts_total",
    "Restarts of the embedded model server after it exited or hung.",
    registry=REGISTRY,
)
MODEL_LATENCY = Histogram(
    "mien_model_latency_seconds",
    "Duration of a successful call to a model.",
    ["model"],
    buckets=SECONDS,
    registry=REGISTRY,
)
MODEL_FACES = Histogram(
    "mien_model_batch_faces",
    "Faces per call to a model, of all sessions that share the call.",
    ["model"],
    buckets=FACES,
    registry=REGISTRY,
)
MODEL_WAITING = Gauge(
    "mien_model_waiting_faces",
    "Faces that wait for the next call to a model.",
    ["model"],
    registry=REGISTRY,
)
PREDICTION_AGE = Histogram(
    "mien_prediction_age_seconds",
    "Age of a frame when a prediction about it is sent.",
    ["model"],
    buckets=SECONDS,
    registry=REGISTRY,
)

FRAME_ERRORS = (
    BadImage,
    BadRequest,
    ImageTooLarge,
    InternalError,
    RateLimited,
    SessionExpired,
)
"""Errors in the ack of a frame; the other errors concern a connection or a model call."""

# Finding a labelled metric takes longer than counting.
_frames, _stage = cache(FRAMES.labels), cache(FRAME_STAGES.labels)
model_faces, prediction_age = cache(MODEL_FACES.labels), cache(PREDICTION_AGE.labels)
_model_calls, _model_latency = cache(MODEL_CALLS.labels), cache(MODEL_LATENCY.labels)

_STAGES = {"decode_ms": "decode", "detect_ms": "detect", "total_ms": "analyse"}


def expect_models(models: Iterable[str]) -> None:
    """Exports known label values as 0 from the start, so that `increase` counts the first event."""
    for model in models:
        MODEL_AVAILABLE.labels(model)
        MODEL_CALLS.labels(model)
    for reason in ("missing", "wrong", "unchecked"):
        UNAUTHORIZED.labels(reason)
    for status in ("analysed", "dropped"):
        FRAMES.labels(status, "")
    for error in FRAME_ERRORS:
        FRAMES.labels("error", error.code)


def count_frame(ack: Wire, seconds: float) -> None:
    """Counts an acknowledged frame.

    Args:
        ack: Its ack.
        seconds: Time since the frame's arrival.
    """
    status = ack["status"]
    _frames(status, ack.get("code", "")).inc()
    if status != "analysed":
        return
    FRAME_FACES.observe(len(ack["faces"]))
    _stage("total").observe(seconds)
    for name, milliseconds in ack["timings"].items():
        if not milliseconds:
            continue  # No detection was necessary, because the client found the faces.
        _stage(_STAGES[name]).observe(milliseconds / 1e3)


def count_model_call(model: str, seconds: float, failure: str) -> None:
    """Counts a completed call to a model.

    Args:
        model: Name of the model.
        seconds: Duration of the call.
        failure: Reason of a failed call; empty after success.
    """
    _model_calls(model).inc()
    if failure:
        MODEL_ERRORS.labels(model, failure).inc()
    else:
        _model_latency(model).observe(seconds)
