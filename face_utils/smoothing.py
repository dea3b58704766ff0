"""Merges a model's answers about one track over time.

Times are in seconds, never in frames: the same face gives the same answer at 5 and at 30 frames
a second.
"""

from __future__ import annotations

from collections.abc import Mapping
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from face_utils.model_spec import ModelSpec, Smoothing

Outputs = Mapping[str, NDArray[np.float32]]
"""One track's part of an answer: output name -> vector or number, float32."""

REPEAT_CORRELATION = 0.82
_SMALLEST = 1e-6


class _Memory:
    """What is remembered of one track and model."""

    def __init__(self, outputs: dict[str, NDArray[np.float64]], now: float) -> None:
        self.state = outputs
        self.count = 1
        self.at = now


class Smoother:
    """Keeps one memory per model and track. Safe for use by several threads."""

    def __init__(self) -> None:
        self._memories: dict[tuple[str, int], _Memory] = {}
        self._lock = Lock()

    def update(self, spec: ModelSpec, track: int, outputs: Outputs, now: float) -> Outputs:
        """Takes in one answer and returns what is believed after it.

        Args:
            spec: The model that answered.
            track: The track that the answer is about.
            outputs: `probabilities` `(k,)`, or the value and its range as numbers.
            now: Time of the frame that was looked at, in seconds.
        """
        fresh = _observe(spec.smoothing, outputs)
        with self._lock:
            memory = self._memories.get((spec.name, track))
            if memory is None:
                memory = self._memories[spec.name, track] = _Memory(fresh, now)
            else:
                _merge(memory, spec.smoothing, fresh, now)
            return _believe(memory, spec.smoothing)

    def keep(self, tracks: set[int]) -> None:
        """Forgets every track but these."""
        with self._lock:
            self._memories = {k: m for k, m in self._memories.items() if k[1] in tracks}


def _observe(smoothing: Smoothing, outputs: Outputs) -> dict[str, NDArray[np.float64]]:
    """An answer in the form in which it is averaged: evidence adds up in logarithms."""
    values = {name: np.asarray(value, dtype=np.float64) for name, value in outputs.items()}
    if smoothing.method == "evidence":
        return {name: np.log(np.maximum(value, _SMALLEST)) for name, value in values.items()}
    return values


def _merge(
    memory: _Memory, smoothing: Smoothing, fresh: dict[str, NDArray[np.float64]], now: float
) -> None:
    elapsed = max(now - memory.at, 0.0)
    # Looks that are forgotten lend no certainty to those that follow.
    forgotten = smoothing.method != "half_life" and elapsed >= smoothing.seconds
    memory.count = 1 if forgotten else memory.count + 1
    if smoothing.method == "half_life":
        share = 1 - 0.5 ** (elapsed / smoothing.seconds)
    else:
        # A plain mean at first; later the weight that makes it reach back over `seconds`.
        share = max(1 / memory.count, min(1.0, elapsed / smoothing.seconds))
    memory.state = {n: (1 - share) * memory.state[n] + share * v for n, v in fresh.items()}
    memory.at = now


def _believe(memory: _Memory, smoothing: Smoothing) -> Outputs:
    state = memory.state
    if smoothing.method == "evidence":
        state = {name: _softmax(v * _independent(memory.count)) for name, v in state.items()}
    return {name: np.asarray(value, dtype=np.float32) for name, value in state.items()}


def _independent(count: int) -> float:
    """How many independent looks `count` looks at the same face are worth.

    Kish's design effect for observations of equal correlation: n / (1 + (n - 1) r). Frames of
    one face are far from independent, so that certainty stops growing at 1 / r looks.
    """
    return count / (1 + (count - 1) * REPEAT_CORRELATION)


def _softmax(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    shifted = np.exp(logits - logits.max())
    return np.asarray(shifted / shifted.sum(), dtype=np.float64)
