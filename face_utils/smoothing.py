"""Smoother: merges a model's outputs for one track over time.

Times are in seconds, not in frames, so the same face gives the same result at 5 and at 30 frames
per second.
"""

from __future__ import annotations

from collections.abc import Mapping
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from face_utils.model_spec import ModelSpec, Smoothing

Outputs = Mapping[str, NDArray[np.float32]]
"""A model's outputs for one track: output name -> vector or number, float32."""

REPEAT_CORRELATION = 0.82
_SMALLEST = 1e-6


class _History:
    """Merged outputs of one model for one track."""

    def __init__(self, outputs: dict[str, NDArray[np.float64]], now: float) -> None:
        self.state = outputs
        self.count = 1
        self.at = now


class Smoother:
    """Keeps one history per model and track. Safe for use by several threads."""

    def __init__(self) -> None:
        self._histories: dict[tuple[str, int], _History] = {}
        self._lock = Lock()

    def update(self, spec: ModelSpec, track: int, outputs: Outputs, now: float) -> Outputs:
        """Adds a model's outputs to the history and returns the smoothed ones.

        Args:
            spec: The model.
            track: The track that the outputs are about.
            outputs: `probabilities` `(k,)`, or the value and its range as numbers.
            now: Time of the analyzed frame in seconds.
        """
        fresh = _to_state(spec.smoothing, outputs)
        with self._lock:
            history = self._histories.get((spec.name, track))
            if history is None:
                history = self._histories[spec.name, track] = _History(fresh, now)
            else:
                _merge(history, spec.smoothing, fresh, now)
            return _to_outputs(history, spec.smoothing)

    def keep(self, tracks: set[int]) -> None:
        """Forgets all tracks except these."""
        with self._lock:
            self._histories = {k: h for k, h in self._histories.items() if k[1] in tracks}


def _to_state(smoothing: Smoothing, outputs: Outputs) -> dict[str, NDArray[np.float64]]:
    """Outputs in the form in which they are averaged: evidence adds up in logarithms."""
    values = {name: np.asarray(value, dtype=np.float64) for name, value in outputs.items()}
    if smoothing.method == "evidence":
        return {name: np.log(np.maximum(value, _SMALLEST)) for name, value in values.items()}
    return values


def _merge(
    history: _History, smoothing: Smoothing, fresh: dict[str, NDArray[np.float64]], now: float
) -> None:
    elapsed = max(now - history.at, 0.0)
    # Predictions that are forgotten must not add certainty to later ones.
    forgotten = smoothing.method != "half_life" and elapsed >= smoothing.seconds
    history.count = 1 if forgotten else history.count + 1
    if smoothing.method == "half_life":
        share = 1 - 0.5 ** (elapsed / smoothing.seconds)
    else:
        # A plain mean at first; later an exponential average with `seconds` as time constant.
        share = max(1 / history.count, min(1.0, elapsed / smoothing.seconds))
    history.state = {n: (1 - share) * history.state[n] + share * v for n, v in fresh.items()}
    history.at = now


def _to_outputs(history: _History, smoothing: Smoothing) -> Outputs:
    state = history.state
    if smoothing.method == "evidence":
        size = _effective_sample_size(history.count)
        state = {name: _softmax(value * size) for name, value in state.items()}
    return {name: np.asarray(value, dtype=np.float32) for name, value in state.items()}


def _effective_sample_size(count: int) -> float:
    """Number of independent predictions that `count` predictions about one face are worth.

    Kish's design effect for observations of equal correlation: n / (1 + (n - 1) r). Frames of
    one face are far from independent, so certainty does not grow beyond 1 / r predictions.
    """
    return count / (1 + (count - 1) * REPEAT_CORRELATION)


def _softmax(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    shifted = np.exp(logits - logits.max())
    return np.asarray(shifted / shifted.sum(), dtype=np.float64)
