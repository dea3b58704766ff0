"""Calibration: two numbers, fitted on held-out faces, that make probabilities reliable."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from serving.training.prediction import Floats, quantile, softmax

RANGE_SHARE = 0.8
_TEMPERATURES = np.geomspace(0.3, 3.0, 231)
_TAILS = np.linspace(0.01, 0.3, 117)


@dataclass(frozen=True)
class Calibration:
    """Parameters that an exported model applies to its logits.

    Attributes:
        temperature: Divides the logits (C. Guo et al., "On Calibration of Modern Neural Networks",
            2017).
        tail: For a regression, the share of the distribution below and above its range.
    """

    temperature: float = 1.0
    tail: float = (1 - RANGE_SHARE) / 2

    def save(self, path: Path) -> None:
        """Writes the parameters as JSON."""
        path.write_text(json.dumps(asdict(self), indent=2) + "\n", encoding="utf-8")

    @classmethod
    def load(cls, path: Path) -> Calibration:
        """Reads a file that `save` wrote."""
        return cls(**json.loads(path.read_text(encoding="utf-8")))


def fit_calibration(logits: Floats, truth: NDArray[np.int64], fit_range: bool) -> Calibration:
    """Fits the temperature and, if asked, the range.

    Args:
        logits: `(n, k)` of held-out faces.
        truth: `(n,)` their right classes. For a regression, the class is the value.
        fit_range: Whether to fit the range of a regression as well.
    """
    losses = [_log_loss(softmax(logits, t), truth) for t in _TEMPERATURES]
    temperature = float(_TEMPERATURES[int(np.argmin(losses))])
    if not fit_range:
        return Calibration(temperature)
    return Calibration(temperature, _tail(softmax(logits, temperature), truth))


def _log_loss(probabilities: Floats, truth: NDArray[np.int64]) -> float:
    chosen = probabilities[np.arange(len(truth)), truth]
    return float(-np.log(np.maximum(chosen, 1e-12)).mean())


def _tail(probabilities: Floats, truth: NDArray[np.int64]) -> float:
    """Finds the tail whose range covers `RANGE_SHARE` of the true values.

    Conformal prediction widens quantiles in the same way until they hold on other data (Y. Romano
    et al., "Conformalized Quantile Regression", 2019).
    """
    shares = [
        np.mean(
            (quantile(probabilities, tail) <= truth) & (truth <= quantile(probabilities, 1 - tail))
        )
        for tail in _TAILS
    ]
    return float(_TAILS[int(np.argmin(np.abs(np.array(shares) - RANGE_SHARE)))])
