"""Events and actions of a session: its inputs, and the work that it gives to its driver.

An action is data. The driver runs it where it blocks nobody, and returns the result to the session.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from face_utils.backend import PredictRequest
from face_utils.frame import FrameSource
from face_utils.model_spec import ModelSpec
from face_utils.pipeline import Batch, FrameAnalysis, Pipeline
from face_utils.results import Prediction


@dataclass(frozen=True)
class FrameStamp:
    """Number and time of a frame, as the client gives them.

    Attributes:
        seq: The client's number of the frame.
        captured_at: When it was taken, in milliseconds of the client's clock, or None.
    """

    seq: int
    captured_at: float | None = None


@dataclass(frozen=True, eq=False)
class Analyze:
    """Action: run this in a worker, then pass the result to `Session.complete`.

    Attributes:
        stamp: The frame's number and time.
        at: Time of the frame in seconds.
    """

    stamp: FrameStamp
    at: float
    _pipeline: Pipeline
    _source: FrameSource
    _intervals: Mapping[ModelSpec, float]

    def run(self) -> AnalyzedFrame:
        """Analyzes the frame.

        Raises:
            MienError: The frame cannot be read.
        """
        analysis = self._pipeline.analyze(self._source, self._intervals, self.at)
        return AnalyzedFrame(self.stamp, self.at, analysis)


@dataclass(frozen=True, eq=False)
class AnalyzedFrame:
    """Event: a worker has analyzed a frame."""

    stamp: FrameStamp
    at: float
    analysis: FrameAnalysis


@dataclass(frozen=True, eq=False)
class Predict:
    """Action: ask a model, then pass its outputs to `Session.predicted`.

    Attributes:
        batch: Faces of the request.
        activation: Whether to request the class activation maps.
        stamp: The frame's number and time.
        at: Time of the frame in seconds.
        asked_at: When the model was asked, in seconds.
    """

    batch: Batch
    activation: bool
    stamp: FrameStamp
    at: float
    asked_at: float

    def request(self, metadata: Sequence[tuple[str, str]] = ()) -> PredictRequest:
        """The request for a backend."""
        return PredictRequest(self.batch.model, self.batch.crops, self.activation, metadata)


@dataclass(frozen=True, eq=False)
class Completed:
    """Actions after a frame: acknowledge it, and ask these models."""

    frame: AnalyzedFrame
    predict: list[Predict]


@dataclass(frozen=True)
class FramePredictions:
    """Action: send one model's predictions about the faces of one frame.

    Attributes:
        stamp: The frame's number and time.
        model: Name of the model.
        version: Its version.
        latency_ms: Milliseconds from the request to the response.
        faces: Id of the track, and the prediction about it.
    """

    stamp: FrameStamp
    model: str
    version: int
    latency_ms: float
    faces: list[tuple[int, Prediction]]
