"""Trains the network of the face check: one hidden layer, in NumPy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from serving.training.face_check.examples import Examples

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class TrainingRecipe:
    """How the network is trained.

    Attributes:
        units: Hidden units.
        epochs: Passes over the examples.
        batch: Examples per step.
        rate: Learning rate of Adam at the start; it falls to 0 along a cosine.
        decay: Weight decay.
    """

    units: int = 16
    epochs: int = 14
    batch: int = 256
    rate: float = 2e-3
    decay: float = 1e-4


def train(examples: Examples, recipe: TrainingRecipe, seed: int = 0) -> list[Floats]:
    """Returns the weights: hidden layer, its biases, output, its bias."""
    rng = np.random.default_rng(seed)
    mean = examples.histograms.mean(axis=0)
    inputs = examples.histograms - mean
    weights = _start(inputs.shape[1], recipe.units, rng)
    first = [np.zeros_like(each) for each in weights]
    second = [np.zeros_like(each) for each in weights]
    batches = len(inputs) // recipe.batch
    for step in range(recipe.epochs * batches):
        if step % batches == 0:
            order = rng.permutation(len(inputs))
        rows = order[step % batches * recipe.batch :][: recipe.batch]
        gradients = _gradients(weights, inputs[rows], examples.upright[rows], recipe.decay)
        rate = recipe.rate * (1 + np.cos(np.pi * step / (recipe.epochs * batches))) / 2
        _update(weights, gradients, first, second, rate, step + 1)
    weights[1] = weights[1] - mean @ weights[0]
    return weights


def save(weights: Sequence[Floats], path: Path) -> None:
    """Writes the weights in half precision."""
    hidden, biases, output, bias = (each.astype(np.float16) for each in weights)
    np.savez(path, hidden=hidden, hidden_bias=biases, output=output, bias=bias)


def _start(inputs: int, units: int, rng: np.random.Generator) -> list[Floats]:
    hidden = rng.normal(0, np.sqrt(2 / inputs), (inputs, units))
    output = rng.normal(0, np.sqrt(1 / units), units)
    return [each.astype(np.float32) for each in (hidden, np.zeros(units), output, np.zeros(1))]


def _gradients(
    weights: Sequence[Floats], inputs: Floats, upright: Floats, decay: float
) -> list[Floats]:
    """Gradients of the cross-entropy."""
    hidden, hidden_bias, output, bias = weights
    before = inputs @ hidden + hidden_bias
    units = np.maximum(before, 0)
    odds = units @ output + bias
    error = (1 / (1 + np.exp(-odds)) - upright) / len(upright)
    back = np.outer(error, output) * (before > 0)
    parts = [
        inputs.T @ back + decay * hidden,
        back.sum(axis=0),
        units.T @ error + decay * output,
        error.sum(keepdims=True),
    ]
    return [np.asarray(part, np.float32) for part in parts]


def _update(
    weights: list[Floats],
    gradients: Sequence[Floats],
    first: list[Floats],
    second: list[Floats],
    rate: float,
    step: int,
) -> None:
    """One step of Adam (D. Kingma and J. Ba, 2015), in place."""
    for i, gradient in enumerate(gradients):
        first[i] = 0.9 * first[i] + 0.1 * gradient
        second[i] = 0.999 * second[i] + 0.001 * gradient**2
        slope = first[i] / (1 - 0.9**step)
        spread = np.sqrt(second[i] / (1 - 0.999**step)) + 1e-8
        weights[i] = np.asarray(weights[i] - rate * slope / spread, np.float32)
