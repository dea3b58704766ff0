"""Face quality check: faces that fail it get a box with the reasons, but no predictions.

At each bound the first of the models has lost about a tenth of its skill on held-out faces. Turned
faces are rare in the data, so their bound is where a quarter is lost. docs/experiments/tuning.md
has the curves, and `python -m benchmarks.tuning` measures them.
"""

from __future__ import annotations

from typing import Literal

import cv2
import numpy as np
from pydantic import BaseModel, ConfigDict, Field, computed_field

from face_utils.boxes import FloatArray
from face_utils.cropping import GreyCrop
from face_utils.detection import Detection
from face_utils.face_check import face_likeness

QualityReason = Literal["too_small", "too_dark", "too_bright", "blurred", "turned_away", "unusual"]

CROP_SIZE = 48
CROP_MARGIN = 0.05

MIN_SIDE = 32.0
DARKEST_HIGHLIGHTS = 30.0
BRIGHTEST_SHADOWS = 210.0
MAX_OVEREXPOSED = 0.32
MIN_SHARPNESS = 0.06
MIN_DIAGONAL_DETAIL = 0.255
MAX_NOSE_OFFSET = 0.61
MIN_EYE_DISTANCE = 0.2
MIN_FACE_LIKENESS = -3.9

_WHITE = 250


class Quality(BaseModel):
    """Whether a face is good enough for the models, and if not, why.

    Example:
        >>> Quality(reasons=("blurred",)).ok
        False

    Attributes:
        reasons: What is wrong; empty for a good face.
    """

    model_config = ConfigDict(frozen=True)

    reasons: tuple[QualityReason, ...] = Field(
        default=(), description="what is wrong with the face"
    )

    @computed_field(description="whether the face gets predictions")  # type: ignore[prop-decorator]
    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return not self.reasons


def assess_quality(detection: Detection, crop: GreyCrop) -> Quality:
    """Assesses one face.

    Args:
        detection: The face, in pixels of the frame.
        crop: `(48, 48)` uint8 grey crop of it.
    """
    findings: dict[QualityReason, bool] = {
        "too_small": float(max(detection.box[2:])) < MIN_SIDE,
        "too_dark": highlights(crop) < DARKEST_HIGHLIGHTS,
        "too_bright": overexposed(crop) > MAX_OVEREXPOSED or shadows(crop) > BRIGHTEST_SHADOWS,
        "blurred": sharpness(crop) < MIN_SHARPNESS
        or diagonal_detail(crop, detection.roll) < MIN_DIAGONAL_DETAIL,
        "turned_away": nose_offset(detection) > MAX_NOSE_OFFSET
        or eye_distance(detection) < MIN_EYE_DISTANCE,
    }
    reasons = tuple(reason for reason, found in findings.items() if found)
    # A face that is dark or blurred looks unusual too, and that reason would not help anyone.
    if not reasons and face_likeness(crop) < MIN_FACE_LIKENESS:
        return Quality(reasons=("unusual",))
    return Quality(reasons=reasons)


def highlights(crop: GreyCrop) -> float:
    """Grey level of the brightest 1 %, which depends on the light more than on the skin."""
    return _grey_level(crop, 0.99)


def shadows(crop: GreyCrop) -> float:
    """Grey level of the darkest 5 %."""
    return _grey_level(crop, 0.05)


def overexposed(crop: GreyCrop) -> float:
    """Share of the pixels that are white and contain no detail."""
    return float(np.mean(crop >= _WHITE))


def sharpness(crop: GreyCrop) -> float:
    """Variance of the Laplacian in units of the crop's own variance.

    J. Pech-Pacheco et al., "Diatom autofocusing in brightfield microscopy", 2000. Dividing by the
    contrast prevents that dim light counts as blur.
    """
    edges = float(cv2.meanStdDev(cv2.Laplacian(crop, cv2.CV_32F))[1][0, 0])
    contrast = float(cv2.meanStdDev(crop)[1][0, 0])
    return edges**2 / max(contrast**2, 1.0)


def diagonal_detail(crop: GreyCrop, roll: float = 0.0) -> float:
    """Change across the less steep of the frame's two axes, in units of the steeper one.

    The pixels of a face change in every direction. A pixelated one only changes from column to
    column or from row to row of its blocks: it has blocks instead of detail.

    Args:
        crop: `(48, 48)` uint8 grey crop.
        roll: Clockwise rotation of the crop in the frame in degrees, since blocks are upright in
            the frame.
    """
    cos, sin = np.cos(np.radians(roll)), np.sin(np.radians(roll))
    along_rows = _change(crop, cos, -sin)
    along_columns = _change(crop, sin, cos)
    less = cv2.sumElems(cv2.min(along_rows, along_columns))[0]
    more = cv2.sumElems(cv2.max(along_rows, along_columns))[0]
    return float(less / max(more, 1.0))


def nose_offset(detection: Detection) -> float:
    """Sideways offset of the nose from the middle of the eyes, in eye distances; 0 if unknown."""
    if detection.landmarks is None:
        return 0.0
    right_eye, left_eye, nose = detection.landmarks[:3]
    across = left_eye - right_eye
    offset = float((nose - (right_eye + left_eye) / 2) @ across)
    return abs(offset) / max(float(across @ across), 1e-6)


def eye_distance(detection: Detection) -> float:
    """Distance of the eyes in sides of the face; 1 if unknown."""
    if detection.landmarks is None:
        return 1.0
    right_eye, left_eye = detection.landmarks[:2]
    return float(np.hypot(*(left_eye - right_eye))) / float(max(detection.box[2:]))


def _grey_level(crop: GreyCrop, share: float) -> float:
    """Grey level below which this share of the pixels is."""
    index = round(share * (crop.size - 1))
    return float(np.partition(crop, index, axis=None)[index])


def _change(crop: GreyCrop, right: float, down: float) -> FloatArray:
    """Absolute derivative in a direction, given as steps to the right and down."""
    kernel = np.array([[-right - down, right], [down, 0]], np.float32)
    return np.asarray(np.abs(cv2.filter2D(crop, cv2.CV_32F, kernel)), dtype=np.float32)
