"""Says why a face cannot be judged, so that it is boxed but not labelled wrongly.

The thresholds lie beyond the outermost half percent of FER+, UTKFace and FairFace, measured on
the crops of `face_utils.cropping`; docs/decisions.md has the figures.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np

from face_utils.cropping import GreyCrop
from face_utils.detection import Detection

Reason = Literal["too_small", "too_dark", "too_bright", "blurred", "turned_away"]

CROP_SIZE = 48
CROP_MARGIN = 0.05

MIN_SIDE = 24.0
DARKEST_HIGHLIGHTS = 40.0
BRIGHTEST_SHADOWS = 200.0
MIN_SHARPNESS = 0.04
MAX_NOSE_OFFSET = 0.75
MIN_EYE_DISTANCE = 0.2


@dataclass(frozen=True)
class Quality:
    """Whether a face can be judged, and if not, why.

    Attributes:
        reasons: What is wrong; empty for a good face.
    """

    reasons: tuple[Reason, ...] = ()

    @property
    def ok(self) -> bool:
        """True where nothing is wrong."""
        return not self.reasons


def judge(detection: Detection, crop: GreyCrop) -> Quality:
    """Looks at one face.

    Args:
        detection: The face, in pixels of the frame.
        crop: `(48, 48)` uint8 grey crop of it.
    """
    shadows, highlights = np.percentile(crop, (5, 95))
    findings: dict[Reason, bool] = {
        "too_small": bool(max(detection.box[2:]) < MIN_SIDE),
        # Highlights rather than the mean: a dark skin in good light is not a dark picture.
        "too_dark": bool(highlights < DARKEST_HIGHLIGHTS),
        "too_bright": bool(shadows > BRIGHTEST_SHADOWS),
        "blurred": _sharpness(crop) < MIN_SHARPNESS,
        "turned_away": _is_turned_away(detection),
    }
    return Quality(tuple(reason for reason, found in findings.items() if found))


def _sharpness(crop: GreyCrop) -> float:
    """Variance of the Laplacian in units of the crop's own variance.

    The measure of J. Pech-Pacheco et al., "Diatom autofocusing in brightfield microscopy", 2000,
    divided by the contrast so that dim light does not count as blur.
    """
    edges = cv2.Laplacian(crop, cv2.CV_32F)
    return float(edges.var() / max(float(crop.var()), 1.0))


def _is_turned_away(detection: Detection) -> bool:
    """True for a profile: the nose is beside the eyes, or the eyes are one behind the other."""
    if detection.landmarks is None:
        return False
    right_eye, left_eye, nose = detection.landmarks[:3]
    across = left_eye - right_eye
    distance = float(np.hypot(*across))
    if distance < MIN_EYE_DISTANCE * float(max(detection.box[2:])):
        return True
    offset = float((nose - (right_eye + left_eye) / 2) @ across) / distance**2
    return abs(offset) > MAX_NOSE_OFFSET
