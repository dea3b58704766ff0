"""Instrumentation of frames and predictions: metrics, log ids and traces.

Each frame has a `FrameObservation`, and each model call about it a `PredictionObservation`. All run
in the app's own world, never in a native thread.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import AbstractContextManager

from face_utils.backend import ModelOutputs
from face_utils.errors import MienError
from face_utils.results import Timings, Wire
from serving.client import CallFailed
from telemetry.logs import log_ids
from telemetry.tracing import inject, trace, trace_ids, tracer
from web.observability import metrics


class FrameObservation:
    """One frame, from its arrival to its ack.

    Args:
        sid: Id of the session.
        seq: The frame's number, or None if it has none.

    Attributes:
        seq: The frame's number.

    Example:
        >>> frame = FrameObservation("6f1c", seq=42)
        >>> with frame.logged():
        ...     frame.acknowledged({"seq": 42, "status": "dropped"})
    """

    def __init__(self, sid: str, seq: int | None) -> None:
        self.seq = seq
        self.arrived = time.monotonic()
        self.request_id = f"{sid}/{seq}"
        attributes = {"session.id": sid, "mien.frame": self.request_id}
        self._span = tracer.start_span("frame", kind=trace.SpanKind.SERVER, attributes=attributes)
        self.context = trace.set_span_in_context(self._span) if tracer.is_on else None
        self._ids = {"session_id": sid, "seq": seq, **trace_ids(self._span)}

    def logged(self) -> AbstractContextManager[None]:
        """Adds the frame's ids to every line that is logged within this block."""
        return log_ids(**self._ids)

    def started(self) -> None:
        """Notes that image processing starts."""
        self._started_ns = time.time_ns()

    def analyzed(self, timings: Timings) -> None:
        """Traces the stages of image processing.

        Args:
            timings: Milliseconds by stage.
        """
        if not self._span.is_recording():
            return
        started_ns = self._started_ns
        for name, milliseconds in (("decode", timings.decode_ms), ("detect", timings.detect_ms)):
            span = tracer.start_span(name, self.context, start_time=started_ns)
            started_ns += int(milliseconds * 1e6)
            span.end(started_ns)

    def acknowledged(self, ack: Wire) -> None:
        """Counts the frame, and ends its span."""
        metrics.count_frame(ack, time.monotonic() - self.arrived)
        if code := ack.get("code"):
            self._span.set_status(trace.StatusCode.ERROR, code)
        self._span.set_attribute("mien.status", ack["status"])
        self._span.end()

    def asks(self, model: str, faces: int) -> PredictionObservation:
        """Starts to observe a request to a model about this frame."""
        return PredictionObservation(self, model, faces)


class PredictionObservation:
    """One request to a model, from the frame to the event with its predictions.

    The call that carries it may carry those of other sessions too; `ObservedBackend` measures it.

    Args:
        frame: The frame of the call.
        model: Name of the model.
        faces: Number of faces.

    Example:
        >>> call = FrameObservation("6f1c", seq=42).asks("emotion", faces=1)
        >>> call.metadata
        (('x-request-id', '6f1c/42'),)
    """

    def __init__(self, frame: FrameObservation, model: str, faces: int) -> None:
        self._frame = frame
        self._model = model
        self._span = tracer.start_span(
            f"predict {model}",
            frame.context,
            trace.SpanKind.CLIENT,
            {"mien.model": model, "mien.faces": faces},
        )

    @property
    def metadata(self) -> Sequence[tuple[str, str]]:
        """Metadata of the call: id of the frame, and trace context."""
        request_id = ("x-request-id", self._frame.request_id)
        if not tracer.is_on:
            return (request_id,)
        return (request_id, *inject(trace.set_span_in_context(self._span, self._frame.context)))

    def logged(self) -> AbstractContextManager[None]:
        """Adds the frame's ids to every line that is logged within this block."""
        return self._frame.logged()

    def responded(self, outcome: ModelOutputs | MienError) -> None:
        """Ends the request's span."""
        if isinstance(outcome, CallFailed):
            self._span.set_status(trace.StatusCode.ERROR, outcome.kind)
        self._span.end()

    def emitted(self) -> None:
        """Measures the age of the frame when the prediction is sent."""
        age = time.monotonic() - self._frame.arrived
        metrics.prediction_age(self._model).observe(age)
