"""Predictions for the golden faces, by the path of a frame: decode, detect, crop, models."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from benchmarks.golden.conditions import CONDITIONS
from benchmarks.golden.faces import GoldenFace, Truth
from benchmarks.models import Models
from face_utils import quality
from face_utils.boxes import FloatArray, iou
from face_utils.detectors.factory import build_detector
from face_utils.frame import Detect, FaceRegion, FrameReader
from face_utils.image import ImageLimits
from face_utils.model_spec import ModelSpec
from web.settings import Settings

Outputs = dict[str, NDArray[np.float32]]
Verdict = Literal["right", "unsure", "wrong"]


@dataclass(frozen=True, eq=False)
class Prediction:
    """Predictions of Mien about one golden face in one condition.

    Attributes:
        face: The golden face.
        condition: A key of `CONDITIONS`.
        overlap: Intersection over union of the found box and the face's box; 0 if none is found.
        box: The found box, or zeros.
        quality_reasons: Reasons why the service would show no labels.
        outputs: Outputs by model; empty if no face is found.
    """

    face: GoldenFace
    condition: str
    overlap: float
    box: FloatArray
    quality_reasons: tuple[str, ...]
    outputs: Mapping[str, Outputs]


def predict_all(faces: Sequence[GoldenFace], models: Models) -> list[Prediction]:
    """Predicts every golden face in every condition, with the detector of the default set-up."""
    detect = build_detector("blazeface", Settings().detection.blazeface, None).detect
    return [predict(face, condition, detect, models) for face in faces for condition in CONDITIONS]


def predict(face: GoldenFace, condition: str, detect: Detect, models: Models) -> Prediction:
    """Analyzes one photo as a frame, and returns the face that overlaps the golden face most."""
    data, box = CONDITIONS[condition](face)
    limits = Settings().limits
    image_limits = ImageLimits(limits.max_frame_bytes, limits.max_pixels)
    found = FrameReader(detect, image_limits, limits.max_faces).read(data).faces
    overlaps = [float(iou(region.detection.box[None], box[None])[0, 0]) for region in found]
    if not found or max(overlaps) == 0:
        return Prediction(face, condition, 0.0, np.zeros(4, np.float32), (), {})
    best = int(np.argmax(overlaps))
    region = found[best]
    return Prediction(
        face,
        condition,
        overlaps[best],
        region.detection.box,
        _quality_reasons(region),
        dict(_outputs(region, models)),
    )


def _quality_reasons(region: FaceRegion) -> tuple[str, ...]:
    crop = region.crop(quality.CROP_MARGIN, quality.CROP_SIZE)
    return quality.assess_quality(region.detection, crop).reasons


def _outputs(region: FaceRegion, models: Models) -> Iterator[tuple[str, Outputs]]:
    for name, model in models.items():
        crop = region.crop(model.spec.margin, model.spec.size)
        yield name, {key: rows[0] for key, rows in model.predict(crop[np.newaxis]).items()}


def label_of(spec: ModelSpec, outputs: Outputs) -> tuple[str, float]:
    """The most likely label of a classification, and its probability."""
    best = int(outputs["probabilities"].argmax())
    return spec.labels[best], float(outputs["probabilities"][best])


def verdict(spec: ModelSpec, outputs: Outputs, truth: Truth) -> Verdict:
    """Whether a classification is right, or too unsure for the service to name a label."""
    label, probability = label_of(spec, outputs)
    if probability < spec.unsure_below:
        return "unsure"
    return "right" if label in truth else "wrong"


def error_of(spec: ModelSpec, outputs: Outputs, truth: Truth) -> float:
    """Distance of a regression's value from its known range; 0 inside."""
    low, high = (float(bound) for bound in truth)
    value = float(outputs[spec.unit])
    return max(low - value, value - high, 0.0)
