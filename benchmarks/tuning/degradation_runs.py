"""Asks models about damaged faces and counts what their answers lose."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from benchmarks.tuning.camera_simulation import NOISE, through_camera
from benchmarks.tuning.degradations import Degradation, Square
from benchmarks.tuning.held_out import Sample
from benchmarks.tuning.models import Model
from benchmarks.tuning.selection_rules import Floats, Mask, skill_score
from face_utils.cropping import crop
from face_utils.model_spec import ModelSpec
from face_utils.quality import CROP_MARGIN, CROP_SIZE
from serving.training.augmentation import detected_square
from serving.training.faces import Grey

VIEWS = 8


@dataclass(frozen=True, eq=False)
class DegradationRun:
    """One model's answers about faces that were damaged, and about the same faces before.

    Attributes:
        spec: The model.
        guess: Mean loss of the best answer that looks at no face.
        values: `(n,)` the gate's measure of each damaged face.
        loss: `(n,)` the loss of the answer about it.
        plain_values: `(n,)` the measure of the same face before.
        plain_loss: `(n,)` the loss of the answer about it.
    """

    spec: ModelSpec
    guess: float
    values: Floats
    loss: Floats
    plain_values: Floats
    plain_loss: Floats

    def score(self, rows: Mask) -> float:
        """Accuracy in percent, or the mean error of a measure."""
        loss = float(self.loss[rows].mean())
        return loss if self.spec.kind == "regression" else 100 * (1 - loss)

    def kept(self, rows: Mask) -> float:
        """Share of the skill that the degradation leaves."""
        return skill_score(self.loss[rows], self.guess) / skill_score(
            self.plain_loss[rows], self.guess
        )


def run_degradation(
    degradation: Degradation, model: Model, sample: Sample, rng: Generator
) -> DegradationRun:
    """Damages each face `VIEWS` times, from mildly to harshly, and asks the model."""
    crops, values = _asked(degradation, model.spec, _spoilt(degradation, sample, rng))
    plain_crops, plain_values = _asked(degradation, model.spec, _plain(sample, rng))
    truth = np.repeat(sample.truth, VIEWS)
    plain_loss = losses(model.spec, model.answer(plain_crops), sample.truth)
    return DegradationRun(
        model.spec,
        guess_loss(model.spec, sample.truth),
        values,
        losses(model.spec, model.answer(crops), truth),
        np.repeat(plain_values, VIEWS),
        np.repeat(plain_loss, VIEWS),
    )


def losses(
    spec: ModelSpec, answers: Mapping[str, NDArray[np.float32]], truth: NDArray[np.int64]
) -> Floats:
    """What each answer costs: 1 for a wrong label; of a measure, its distance from the truth."""
    if spec.kind == "regression":
        return np.asarray(np.abs(answers[spec.unit] - truth), dtype=np.float64)
    return np.asarray(answers["probabilities"].argmax(axis=1) != truth, dtype=np.float64)


def guess_loss(spec: ModelSpec, truth: NDArray[np.int64]) -> float:
    """Mean loss of always answering with the commonest label, or with the median."""
    if spec.kind == "regression":
        return float(np.abs(truth - np.median(truth)).mean())
    return 1 - float(np.bincount(truth).max()) / len(truth)


Picture = tuple[Grey, Square]


def _plain(sample: Sample, rng: Generator) -> Iterator[Picture]:
    for image, square in zip(sample.faces.images, sample.faces.squares, strict=True):
        yield through_camera(image, NOISE, rng), square


def _spoilt(degradation: Degradation, sample: Sample, rng: Generator) -> Iterator[Picture]:
    amounts = np.geomspace(degradation.mild, degradation.harsh, VIEWS)
    for image, square in zip(sample.faces.images, sample.faces.squares, strict=True):
        for amount in amounts * rng.uniform(0.9, 1.1, VIEWS):
            picture, moved = degradation.degrade(image, square, float(amount))
            yield through_camera(picture, degradation.noise, rng), moved


def _asked(
    degradation: Degradation, spec: ModelSpec, pictures: Iterator[Picture]
) -> tuple[NDArray[np.uint8], Floats]:
    """The model's crop of each picture, and the gate's measure of it."""
    crops, values = [], []
    for picture, square in pictures:
        judged = crop(picture, detected_square(square, CROP_MARGIN), CROP_SIZE)
        crops.append(crop(picture, detected_square(square, spec.margin), spec.size))
        values.append(degradation.value(judged, square))
    return np.stack(crops), np.array(values)
