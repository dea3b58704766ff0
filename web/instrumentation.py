"""Counts, logs and traces each frame and each model call, from outside of the session."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar, copy_context
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from face_utils.errors import MienError
from face_utils.frame import DetectedFrame
from face_utils.model_spec import ModelSpec
from face_utils.pipeline import Look
from face_utils.results import Wire
from face_utils.session import Answer, Backend, Done, acknowledge
from serving.client import CallFailed
from telemetry.logs import log_ids
from telemetry.spans import Attributes, Headers, Span, Traces
from web import metrics

Send = Callable[[str, str, Wire], None]


@dataclass(frozen=True)
class Frame:
    """The frame that is being worked on.

    Attributes:
        name: Its session and number, for the log of the model server.
        arrived: When it came, on the monotonic clock.
    """

    name: str
    arrived: float


_frame: ContextVar[Frame | None] = ContextVar("frame", default=None)


def answer_frame(traces: Traces, sid: str, seq: int | None, work: Callable[[], Wire]) -> Wire:
    """Does the work on a frame, and counts and traces what becomes of it.

    Args:
        traces: Where the frame's span goes.
        sid: The session.
        seq: The frame's number, or None where it has none.
        work: Returns the acknowledgement, or raises what it is to say.
    """
    frame = Frame(f"{sid}/{seq}", time.monotonic())
    about = {"session.id": sid, "mien.frame": frame.name}
    span = traces.begin("frame", kind="server", about=about)
    with _working_on(frame), span.active(), log_ids(session_id=sid, seq=seq, **span.ids):
        acknowledgement = acknowledge({"seq": seq}, work)
    metrics.count_frame(acknowledgement, time.monotonic() - frame.arrived)
    code = acknowledgement.get("code", "")
    span.end(error=code, about={"mien.fate": acknowledgement["status"]})
    return acknowledgement


@contextmanager
def _working_on(frame: Frame) -> Iterator[None]:
    token = _frame.set(frame)
    try:
        yield
    finally:
        _frame.reset(token)


def trace_look(traces: Traces, look: Look) -> Look:
    """Adds the stages of a look, which happens in a native thread, to the trace of its frame."""
    context = copy_context()

    def see() -> DetectedFrame:
        start = time.time_ns()
        sight = look()
        context.run(_trace_stages, traces, start, sight)
        return sight

    return see


def _trace_stages(traces: Traces, at: int, sight: DetectedFrame) -> None:
    for name, milliseconds in sight.timings.items():
        span = traces.begin(name.removesuffix("_ms"), at=at)
        at += int(milliseconds * 1e6)
        span.end(at=at)


class ObservedBackend:
    """A model backend that counts and traces the calls of another."""

    def __init__(self, backend: Backend, traces: Traces) -> None:
        self._backend = backend
        self._traces = traces

    def is_available(self, model: str) -> bool:
        """Whether the model can be asked now."""
        return self._backend.is_available(model)

    def predict(
        self, model: ModelSpec, crops: NDArray[np.uint8], done: Done, *, activation: bool = False
    ) -> None:
        """Asks a model, as every `Backend` does."""
        metrics.MODEL_FACES.labels(model.name).observe(len(crops))
        about: Attributes = {"mien.model": model.name, "mien.faces": len(crops)}
        span = self._traces.begin(f"predict {model.name}", kind="client", about=about)
        ended = partial(_call_ended, model.name, time.monotonic(), span, done)
        # The answer comes in another greenlet or thread, and is still about this frame.
        in_context = partial(copy_context().run, ended)
        with span.active():
            self._backend.predict(model, crops, in_context, activation=activation)


def _call_ended(
    model: str, asked_at: float, span: Span, done: Done, answer: Answer | MienError
) -> None:
    failure = answer.kind if isinstance(answer, CallFailed) else ""
    metrics.count_model_call(model, time.monotonic() - asked_at, failure)
    span.end(error=failure)
    done(answer)


def observe_predictions(send: Send) -> Send:
    """Measures how old the data are when a prediction leaves."""

    def observed(sid: str, event: str, payload: Wire) -> None:
        send(sid, event, payload)
        frame = _frame.get()
        if event == "prediction" and frame is not None:
            age = time.monotonic() - frame.arrived
            metrics.PREDICTION_AGE.labels(payload["model"]).observe(age)

    return observed


def call_headers(traces: Traces) -> Headers:
    """Metadata of a call to the model server: the frame that it is for, and the trace."""
    frame = _frame.get()
    named = () if frame is None else (("x-request-id", frame.name),)
    return (*named, *traces.headers())
