"""Makes probabilities mean what they say, with two numbers found on held-out faces."""

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
    """What is built into an exported model after its logits.

    Attributes:
        temperature: Divides the logits (C. Guo et al., "On Calibration of Modern Neural Networks",
            2017).
        tail: Of a measure, the share of the distribution left out at each end of its range.
    """

    temperature: float = 1.0
    tail: float = (1 - RANGE_SHARE) / 2

    def save(self, path: Path) -> None:
        """Writes the numbers as JSON."""
        path.write_text(json.dumps(asdict(self), indent=2) + "\n", encoding="utf-8")

    @classmethod
    def load(cls, path: Path) -> Calibration:
        """Reads what `save` wrote."""
        return cls(**json.loads(path.read_text(encoding="utf-8")))


def calibrate(logits: Floats, truth: NDArray[np.int64], measure: bool) -> Calibration:
    """Fits both numbers.

    Args:
        logits: `(n, k)` of held-out faces.
        truth: `(n,)` their right classes; of a measure, the value is the class.
        measure: Whether a range is wanted.
    """
    losses = [_log_loss(softmax(logits, t), truth) for t in _TEMPERATURES]
    temperature = float(_TEMPERATURES[int(np.argmin(losses))])
    if not measure:
        return Calibration(temperature)
    return Calibration(temperature, _tail(softmax(logits, temperature), truth))


def _log_loss(probabilities: Floats, truth: NDArray[np.int64]) -> float:
    chosen = probabilities[np.arange(len(truth)), truth]
    return float(-np.log(np.maximum(chosen, 1e-12)).mean())


def _tail(probabilities: Floats, truth: NDArray[np.int64]) -> float:
    """The tail whose range holds the wanted share of the truths.

    Widening quantiles until they hold on other data is what conformal prediction does (Y. Romano
    et al., "Conformalized Quantile Regression", 2019).
    """
    shares = [
        np.mean(
            (quantile(probabilities, tail) <= truth) & (truth <= quantile(probabilities, 1 - tail))
        )
        for tail in _TAILS
    ]
    return float(_TAILS[int(np.argmin(np.abs(np.array(shares) - RANGE_SHARE)))])
