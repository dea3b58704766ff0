"""Face check: tells upright photographed faces from turned heads and drawings.

A network of a few units judges histograms of oriented gradients (N. Dalal and B. Triggs, 2005).
`python -m serving.training.face_check` trains it.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import cv2
import numpy as np

from face_utils.boxes import FloatArray
from face_utils.cropping import GreyCrop

WEIGHTS = Path(__file__).with_name("face_check.npz")

_HISTOGRAMS = cv2.HOGDescriptor((48, 48), (16, 16), (8, 8), (8, 8), 9)


def gradient_histograms(crop: GreyCrop) -> FloatArray:
    """Directions of the edges in overlapping blocks, `(900,)`; light and contrast cancel out.

    Args:
        crop: `(48, 48)` uint8 grey crop with the margin of the quality check.
    """
    return np.asarray(_HISTOGRAMS.compute(crop), dtype=np.float32).ravel()


def face_likeness(crop: GreyCrop) -> float:
    """Log odds that a crop shows an upright photographed face.

    Args:
        crop: `(48, 48)` uint8 grey crop with the margin of the quality check.
    """
    hidden, hidden_bias, output, bias = _weights()
    units = np.maximum(gradient_histograms(crop) @ hidden + hidden_bias, 0)
    return float(units @ output + bias)


@cache
def _weights() -> tuple[FloatArray, FloatArray, FloatArray, float]:
    with np.load(WEIGHTS) as file:
        hidden, hidden_bias, output = (
            file[name].astype(np.float32) for name in ("hidden", "hidden_bias", "output")
        )
        return hidden, hidden_bias, output, float(file["bias"][0])
