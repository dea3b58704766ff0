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

from face_utils.cropping import GreyCrop
from face_utils.detection import Detection

QualityReason = Literal["too_small", "too_dark", "too_bright", "blurred", "turned_away"]

CROP_SIZE = 48
CROP_MARGIN = 0.05

MIN_SIDE = 32.0
DARKEST_HIGHLIGHTS = 45.0
BRIGHTEST_SHADOWS = 210.0
MAX_OVEREXPOSED = 0.32
MIN_SHARPNESS = 0.06
MAX_NOSE_OFFSET = 0.61
MIN_EYE_DISTANCE = 0.2

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
        "blurred": sharpness(crop) < MIN_SHARPNESS,
        "turned_away": nose_offset(detection) > MAX_NOSE_OFFSET
        or eye_distance(detection) < MIN_EYE_DISTANCE,
    }
    return Quality(reasons=tuple(reason for reason, found in findings.items() if found))


def highlights(crop: GreyCrop) -> float:
    """Grey level of the brightest 5 %: dark skin in good light is not a dark image."""
    return float(np.percentile(crop, 95))


def shadows(crop: GreyCrop) -> float:
    """Grey level of the darkest 5 %."""
    return float(np.percentile(crop, 5))


def overexposed(crop: GreyCrop) -> float:
    """Share of the pixels that are white and contain no detail."""
    return float(np.mean(crop >= _WHITE))


def sharpness(crop: GreyCrop) -> float:
    """Variance of the Laplacian in units of the crop's own variance.

    J. Pech-Pacheco et al., "Diatom autofocusing in brightfield microscopy", 2000. Dividing by the
    contrast prevents that dim light counts as blur.
    """
    edges = cv2.Laplacian(crop, cv2.CV_32F)
    return float(edges.var() / max(float(crop.var()), 1.0))


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
