"""Face analysis as a library: apparent emotion, age and gender of the faces in images.

Start with `Analyzer`. Everything here works without Flask and without gRPC.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from face_utils.analyzer import Analyzer
    from face_utils.backend import Backend, FakeBackend, ModelOutputs, PredictRequest
    from face_utils.detection import Detection
    from face_utils.errors import BadImage, ImageTooLarge, MienError, ModelUnavailable
    from face_utils.frame import FrameReader
    from face_utils.image import ImageLimits
    from face_utils.model_spec import ModelSpec, Smoothing
    from face_utils.quality import Quality
    from face_utils.results import (
        Activation,
        Box,
        Classification,
        Face,
        FrameResult,
        Point,
        Prediction,
        Regression,
        Timings,
    )

__version__ = "1.0.0"

__all__ = [
    "Activation",
    "Analyzer",
    "Backend",
    "BadImage",
    "Box",
    "Classification",
    "Detection",
    "Face",
    "FakeBackend",
    "FrameReader",
    "FrameResult",
    "ImageLimits",
    "ImageTooLarge",
    "MienError",
    "ModelOutputs",
    "ModelSpec",
    "ModelUnavailable",
    "Point",
    "PredictRequest",
    "Prediction",
    "Quality",
    "Regression",
    "Smoothing",
    "Timings",
]

_MODULE_OF = {
    "Analyzer": "analyzer",
    **dict.fromkeys(("Backend", "FakeBackend", "ModelOutputs", "PredictRequest"), "backend"),
    **dict.fromkeys(("BadImage", "ImageTooLarge", "MienError", "ModelUnavailable"), "errors"),
    **dict.fromkeys(("ModelSpec", "Smoothing"), "model_spec"),
    "Detection": "detection",
    "FrameReader": "frame",
    "ImageLimits": "image",
    "Quality": "quality",
}
"""Module of a public name; the others are in `results`."""


def __getattr__(name: str) -> object:
    """Imports a public name when it is first used.

    The model server imports `face_utils.model_spec` and has neither OpenCV nor the rest.
    """
    if name in __all__:
        module = import_module(f"face_utils.{_MODULE_OF.get(name, 'results')}")
        return getattr(module, name)
    raise AttributeError(f"module 'face_utils' has no attribute {name!r}")


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
