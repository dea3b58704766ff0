"""Asks models about damaged faces and counts what their answers lose."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from benchmarks.tuning.cameras import NOISE, sent
from benchmarks.tuning.damage import Damage, Square
from benchmarks.tuning.held_out import Sample
from benchmarks.tuning.models import Model
from benchmarks.tuning.rules import Floats, Mask, skill
from face_utils.cropping import crop
from face_utils.model_spec import ModelSpec
from face_utils.quality import CROP_MARGIN, CROP_SIZE
from serving.training.augmentation import detected
from serving.training.faces import Grey

VIEWS = 8


@dataclass(frozen=True, eq=False)
class Trial:
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
        return loss if self.spec.kind == "measure" else 100 * (1 - loss)

    def kept(self, rows: Mask) -> float:
        """Share of the skill that the damage leaves."""
        return skill(self.loss[rows], self.guess) / skill(self.plain_loss[rows], self.guess)


def attempt(damage: Damage, model: Model, sample: Sample, rng: Generator) -> Trial:
    """Damages each face `VIEWS` times, from mildly to harshly, and asks the model."""
    crops, values = _asked(damage, model.spec, _spoilt(damage, sample, rng))
    plain_crops, plain_values = _asked(damage, model.spec, _plain(sample, rng))
    truth = np.repeat(sample.truth, VIEWS)
    plain_loss = losses(model.spec, model.answer(plain_crops), sample.truth)
    return Trial(
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
    if spec.kind == "measure":
        return np.asarray(np.abs(answers[spec.unit] - truth), dtype=np.float64)
    return np.asarray(answers["probabilities"].argmax(axis=1) != truth, dtype=np.float64)


def guess_loss(spec: ModelSpec, truth: NDArray[np.int64]) -> float:
    """Mean loss of always answering with the commonest label, or with the median."""
    if spec.kind == "measure":
        return float(np.abs(truth - np.median(truth)).mean())
    return 1 - float(np.bincount(truth).max()) / len(truth)


Picture = tuple[Grey, Square]


def _plain(sample: Sample, rng: Generator) -> Iterator[Picture]:
    for image, square in zip(sample.faces.images, sample.faces.squares, strict=True):
        yield sent(image, NOISE, rng), square


def _spoilt(damage: Damage, sample: Sample, rng: Generator) -> Iterator[Picture]:
    amounts = np.geomspace(damage.mild, damage.harsh, VIEWS)
    for image, square in zip(sample.faces.images, sample.faces.squares, strict=True):
        for amount in amounts * rng.uniform(0.9, 1.1, VIEWS):
            picture, moved = damage.spoil(image, square, float(amount))
            yield sent(picture, damage.noise, rng), moved


def _asked(
    damage: Damage, spec: ModelSpec, pictures: Iterator[Picture]
) -> tuple[NDArray[np.uint8], Floats]:
    """The model's crop of each picture, and the gate's measure of it."""
    crops, values = [], []
    for picture, square in pictures:
        judged = crop(picture, detected(square, CROP_MARGIN), CROP_SIZE)
        crops.append(crop(picture, detected(square, spec.margin), spec.size))
        values.append(damage.value(judged, square))
    return np.stack(crops), np.array(values)
