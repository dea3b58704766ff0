"""Typed results: the faces of a frame, and each model's prediction about a face."""

from __future__ import annotations

from typing import Annotated, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from face_utils.class_activation import Grid, evidence_grid, predicted_class
from face_utils.cropping import Square
from face_utils.detection import Detection
from face_utils.model_spec import UNSURE, ModelSpec
from face_utils.quality import Quality
from face_utils.smoothing import Outputs

Wire = dict[str, Any]
"""A payload as JSON has it."""


class Box(NamedTuple):
    """A bounding box in pixels of the upright frame, origin at the top left.

    Example:
        >>> x, y, width, height = Box(8, 16, 64, 64)
    """

    x: float
    y: float
    width: float
    height: float


class Point(NamedTuple):
    """A point in pixels of the upright frame.

    Example:
        >>> Point(12.5, 30.0).x
        12.5
    """

    x: float
    y: float


Landmarks = Annotated[list[Point], Field(min_length=4, max_length=4)]


class _Result(BaseModel):
    model_config = ConfigDict(frozen=True)


class Activation(_Result):
    """Where in a face the evidence for a prediction lies.

    Example:
        >>> Activation(square=(100, 80, 64, 0), grid=[[0.2, 1.0]]).grid
        [[0.2, 1.0]]
    """

    square: tuple[float, float, float, float] = Field(
        description="what the model saw, as `[x, y, side, roll]`: centre and side in pixels of "
        "the upright frame, clockwise rotation in degrees"
    )
    grid: Grid = Field(
        description="evidence from -1 (against the prediction) to 1 (for it), in rows from the "
        "top and columns from the left of the square"
    )


class Classification(_Result):
    """One classification model's prediction about one face.

    Example:
        >>> emotion = Classification(label="happiness", confidence=0.9, scores={"happiness": 0.9})
        >>> emotion.label
        'happiness'
        >>> print(emotion)
        happiness (90 %)
    """

    label: str = Field(description="The best label, or `unsure` where it is not likely enough.")
    confidence: float = Field(description="Score of the best label.")
    scores: dict[str, float] = Field(description="Label -> probability; they sum to 1.")
    activation: Activation | None = None

    def __str__(self) -> str:
        """The label for people, with the confidence in it."""
        return UNSURE if self.label == UNSURE else f"{self.label} ({self.confidence * 100:.0f} %)"


class Regression(_Result):
    """One regression model's prediction about one face.

    Example:
        >>> age = Regression(value=31.0, low=25.0, high=38.0, unit="years")
        >>> age.value
        31.0
        >>> print(age)
        31 years (25 to 38)
    """

    value: float = Field(description="The estimate.")
    low: float = Field(description="Lower end of the range that holds the truth 4 times in 5.")
    high: float = Field(description="Upper end of that range.")
    unit: str = Field(description="Unit of all three.")
    activation: Activation | None = None

    def __str__(self) -> str:
        """The estimate for people, with its range."""
        value, low, high = (f"{round(each, 1):g}" for each in (self.value, self.low, self.high))
        return f"{value} {self.unit} ({low} to {high})"


Prediction = Classification | Regression


class DetectedFace(_Result):
    """One face of a frame, before any prediction."""

    id: int = Field(
        description="stays the same while the face is in view or away for a few seconds, and is "
        "never used again in a session"
    )
    box: Box = Field(description="bounding box `[x, y, w, h]`")
    score: float = Field(description="certainty of the detector, 0 to 1")
    landmarks: Landmarks | None = Field(
        description="right eye, left eye, nose and mouth (right and left are the person's own), "
        "or null if the detector finds none"
    )
    quality: Quality = Field(description="a face with a reason gets a box but no predictions")

    @classmethod
    def from_detection(cls, track: int, detection: Detection, quality: Quality) -> DetectedFace:
        """Builds it from arrays, rounded to tenths of a pixel."""
        points = detection.landmarks
        # None of this comes from a client, so it is not validated. That saves 6 us per face.
        return cls.model_construct(
            id=track,
            box=Box(*_round(detection.box)),
            score=round(float(detection.score), 4),
            landmarks=None if points is None else [Point(*_round(point)) for point in points],
            quality=quality,
        )


class Face(DetectedFace):
    """A face with the predictions about it.

    Example:
        >>> quality = Quality()
        >>> face = Face(id=1, box=Box(8, 8, 64, 64), score=0.9, landmarks=None, quality=quality)
        >>> face.predictions
        {}
    """

    predictions: dict[str, Prediction] = Field(
        default_factory=dict, description="Name of the model -> its newest prediction."
    )


class Timings(_Result):
    """Time that a frame took, in milliseconds; 0 for a stage that was not needed.

    Example:
        >>> Timings(decode_ms=0.7, detect_ms=5.4, total_ms=6.3).total_ms
        6.3
    """

    decode_ms: float = Field(default=0.0, description="decoding the image or the crops")
    detect_ms: float = Field(default=0.0, description="finding the faces")
    total_ms: float = Field(default=0.0, description="everything before the models are asked")


class FrameResult(_Result):
    """Faces and predictions of one image or frame.

    Example:
        >>> FrameResult(width=640, height=480, faces=[], timings=Timings()).faces
        []
    """

    width: int = Field(description="Width of the upright frame in pixels.")
    height: int = Field(description="Height of the upright frame in pixels.")
    faces: list[Face]
    timings: Timings


def describe(spec: ModelSpec, outputs: Outputs, activation: Activation | None = None) -> Prediction:
    """Converts a model's outputs for one face to a prediction.

    Args:
        spec: The model.
        outputs: Its outputs for this face.
        activation: The class activation map, if there is one.
    """
    if spec.kind == "regression":
        value, low, high = (round(float(outputs[name]), 2) for name in spec.outputs)
        return Regression(value=value, low=low, high=high, unit=spec.unit, activation=activation)
    probabilities = [float(p) for p in outputs["probabilities"]]
    scores = dict(zip(spec.labels, probabilities, strict=True))
    best = max(scores, key=scores.__getitem__)
    return Classification(
        label=best if scores[best] >= spec.unsure_below else UNSURE,
        confidence=round(scores[best], 4),
        scores={label: round(p, 6) for label, p in scores.items()},
        activation=activation,
    )


def explain(
    spec: ModelSpec, outputs: Outputs, maps: NDArray[np.float32], square: Square
) -> Activation:
    """Builds the class activation map that explains a prediction.

    Args:
        spec: The model.
        outputs: Its outputs for this face, as `describe` gets them.
        maps: `(rows, columns, classes)` class activation maps for this face.
        square: The part of the frame that they cover.
    """
    x, y, side, roll = _round((square.x, square.y, square.side, square.roll))
    index = predicted_class(spec, outputs, maps.shape[-1])
    return Activation(square=(x, y, side, roll), grid=evidence_grid(maps, index))


def _round(values: Any) -> list[float]:
    return [round(float(value), 1) for value in values]
