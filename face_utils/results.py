"""The one schema of everything that Mien tells a client about a frame."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from face_utils.class_activation import answered_class, evidence_grid
from face_utils.cropping import Square
from face_utils.detection import Detection
from face_utils.model_spec import UNSURE, ModelSpec
from face_utils.quality import Quality
from face_utils.smoothing import Outputs

Wire = dict[str, Any]
"""A payload as JSON has it."""


@dataclass(frozen=True)
class FrameStamp:
    """What a client says about a frame.

    Attributes:
        seq: The client's number of the frame.
        captured_at: When it was taken, in milliseconds of the client's clock, or None.
    """

    seq: int
    captured_at: float | None = None


@dataclass(frozen=True, eq=False)
class Face:
    """A tracked face of one frame.

    Attributes:
        id: Number of its track.
        detection: Where it is.
        quality: Whether it can be judged.
    """

    id: int
    detection: Detection
    quality: Quality

    def to_wire(self) -> Wire:
        """The face as `frame`'s acknowledgement has it."""
        points = self.detection.landmarks
        return {
            "id": self.id,
            "box": [round(float(v), 1) for v in self.detection.box],
            "score": round(float(self.detection.score), 4),
            "landmarks": None
            if points is None
            else [[round(float(v), 1) for v in p] for p in points],
            "quality": {"ok": self.quality.ok, "reasons": list(self.quality.reasons)},
        }


@dataclass(frozen=True, eq=False)
class Analysis:
    """What one frame shows, before any model has answered.

    Attributes:
        width: Width of the frame in pixels.
        height: Height of the frame in pixels.
        faces: Its faces.
        timings: Milliseconds by stage.
    """

    width: int
    height: int
    faces: list[Face]
    timings: dict[str, float]

    def to_wire(self, seq: int) -> Wire:
        """The acknowledgement of a frame that was analysed."""
        return {
            "seq": seq,
            "status": "analysed",
            "width": self.width,
            "height": self.height,
            "faces": [face.to_wire() for face in self.faces],
            "timings": self.timings,
        }


def dropped(seq: int | None) -> Wire:
    """The acknowledgement of a frame whose place a newer one took."""
    return {"seq": seq, "status": "dropped"}


def prediction(
    spec: ModelSpec, version: int, latency_ms: float, stamp: FrameStamp, faces: list[Wire]
) -> Wire:
    """One model's answer.

    Args:
        spec: The model.
        version: Its version.
        latency_ms: Milliseconds from the request to the answer.
        stamp: The frame that was looked at.
        faces: What it says about each face, see `describe`.
    """
    return {
        "seq": stamp.seq,
        "model": spec.name,
        "version": version,
        "latency_ms": round(latency_ms, 2),
        "captured_at": stamp.captured_at,
        "faces": faces,
    }


def describe(spec: ModelSpec, track: int, outputs: Outputs) -> Wire:
    """One face of a `prediction`.

    Args:
        spec: The model that answered.
        track: Number of the face's track.
        outputs: Its outputs for this face.
    """
    if spec.kind == "regression":
        return {"id": track, **{name: round(float(outputs[name]), 2) for name in spec.outputs}}
    probabilities = [float(p) for p in outputs["probabilities"]]
    scores = dict(zip(spec.labels, probabilities, strict=True))
    best = max(scores, key=scores.__getitem__)
    return {
        "id": track,
        "label": best if scores[best] >= spec.unsure_below else UNSURE,
        "confidence": round(scores[best], 4),
        "scores": {label: round(p, 6) for label, p in scores.items()},
    }


def explain(spec: ModelSpec, outputs: Outputs, maps: NDArray[np.float32], square: Square) -> Wire:
    """The `activation` of a face of a `prediction`.

    Args:
        spec: The model that answered.
        outputs: Its answer for this face, as `describe` has it.
        maps: `(rows, columns, classes)` its class activation maps for this face.
        square: The part of the frame that they cover.
    """
    place = (square.x, square.y, square.side, square.roll)
    return {
        "square": [round(value, 1) for value in place],
        "grid": evidence_grid(maps, answered_class(spec, outputs, maps.shape[-1])),
    }
