"""Degradation runs: how much worse models predict on degraded faces."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from benchmarks.models import Crops, Model
from benchmarks.tuning.camera_simulation import NOISE, through_camera
from benchmarks.tuning.degradations import Degradation, Square
from benchmarks.tuning.held_out import Sample
from benchmarks.tuning.selection_rules import Floats, Mask, skill_score
from face_utils.cropping import crop
from face_utils.model_spec import ModelSpec
from face_utils.quality import CROP_MARGIN, CROP_SIZE
from serving.training.augmentation import detected_square
from serving.training.faces import Grey

VIEWS = 8

View = tuple[Grey, Square]


@dataclass(frozen=True, eq=False)
class DegradationRun:
    """One model's losses on faces with one degradation, and on the same faces without it.

    Attributes:
        spec: The model.
        guess: Mean loss of the best prediction without an image.
        values: `(n,)` quality measure of each degraded face.
        loss: `(n,)` loss of its prediction.
        plain_values: `(n,)` quality measure of the same face without degradation.
        plain_loss: `(n,)` loss of its prediction.
    """

    spec: ModelSpec
    guess: float
    values: Floats
    loss: Floats
    plain_values: Floats
    plain_loss: Floats

    def score(self, rows: Mask) -> float:
        """Returns the accuracy in percent, or the mean error of a regression."""
        loss = float(self.loss[rows].mean())
        return loss if self.spec.kind == "regression" else 100 * (1 - loss)

    def kept(self, rows: Mask) -> float:
        """Returns the share of the skill that is left."""
        plain = skill_score(self.plain_loss[rows], self.guess)
        return skill_score(self.loss[rows], self.guess) / plain


def run_degradation(
    degradation: Degradation, model: Model, sample: Sample, rng: Generator
) -> DegradationRun:
    """Degrades each face `VIEWS` times, from mild to harsh, and predicts each view."""
    crops, values = _measure(degradation, model.spec, _degraded(degradation, sample, rng))
    plain_crops, plain_values = _measure(degradation, model.spec, _plain(sample, rng))
    truth = np.repeat(sample.truth, VIEWS)
    plain_loss = losses(model.spec, model.predict(plain_crops), sample.truth)
    return DegradationRun(
        model.spec,
        guess_loss(model.spec, sample.truth),
        values,
        losses(model.spec, model.predict(crops), truth),
        np.repeat(plain_values, VIEWS),
        np.repeat(plain_loss, VIEWS),
    )


def losses(
    spec: ModelSpec, outputs: Mapping[str, NDArray[np.float32]], truth: NDArray[np.int64]
) -> Floats:
    """Returns the loss of each prediction: 1 for a wrong label, or the error of a regression."""
    if spec.kind == "regression":
        return np.asarray(np.abs(outputs[spec.unit] - truth), dtype=np.float64)
    return np.asarray(outputs["probabilities"].argmax(axis=1) != truth, dtype=np.float64)


def guess_loss(spec: ModelSpec, truth: NDArray[np.int64]) -> float:
    """Returns the mean loss of always predicting the most frequent label, or the median."""
    if spec.kind == "regression":
        return float(np.abs(truth - np.median(truth)).mean())
    return 1 - float(np.bincount(truth).max()) / len(truth)


def _plain(sample: Sample, rng: Generator) -> Iterator[View]:
    for image, square in zip(sample.faces.images, sample.faces.squares, strict=True):
        yield through_camera(image, NOISE, rng), square


def _degraded(degradation: Degradation, sample: Sample, rng: Generator) -> Iterator[View]:
    amounts = np.geomspace(degradation.mild, degradation.harsh, VIEWS)
    for image, square in zip(sample.faces.images, sample.faces.squares, strict=True):
        for amount in amounts * rng.uniform(0.9, 1.1, VIEWS):
            view, moved = degradation.degrade(image, square, float(amount))
            yield through_camera(view, degradation.noise, rng), moved


def _measure(
    degradation: Degradation, spec: ModelSpec, views: Iterator[View]
) -> tuple[Crops, Floats]:
    """Returns the model's crop and the quality measure of each view."""
    crops, values = [], []
    for image, square in views:
        checked = crop(image, detected_square(square, CROP_MARGIN), CROP_SIZE)
        crops.append(crop(image, detected_square(square, spec.margin), spec.size))
        values.append(degradation.value(checked, square))
    return np.stack(crops), np.array(values)
