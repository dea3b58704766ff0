"""Probabilities and quantiles from a network's logits. NumPy only."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Outputs = dict[str, Floats]
"""Outputs of a model by name, each `(n, ...)`."""


def softmax(logits: Floats, temperature: float = 1.0) -> Floats:
    """Probabilities `(n, k)` from logits `(n, k)`; a temperature above 1 softens them."""
    scaled = (logits - logits.max(axis=1, keepdims=True)) / temperature
    exponents = np.exp(scaled)
    return np.asarray(exponents / exponents.sum(axis=1, keepdims=True), dtype=np.float32)


def quantile(probabilities: Floats, level: float) -> Floats:
    """Quantile of a distribution over years.

    Bin `i` spreads its probability evenly from `i - 0.5` to `i + 0.5`. Each bin adds the share of
    itself that lies below the quantile, so no search is needed.

    Args:
        probabilities: `(n, bins)`.
        level: 0 to 1; 0.5 gives the median, which has the least mean absolute error.

    Returns:
        `(n,)` values in years.
    """
    below = np.cumsum(probabilities, axis=1) - probabilities
    shares = (level - below) / np.maximum(probabilities, 1e-9)
    return np.asarray(np.clip(shares, 0, 1).sum(axis=1) - 0.5, dtype=np.float32)
