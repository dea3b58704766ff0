"""What the core must know of a model: its input, its output, its pace."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["classification", "measure"]
SmoothingMethod = Literal["half_life", "average", "evidence"]

UNSURE = "unsure"
"""The label of a classification that the model cannot decide."""

ACTIVATION = "activation"
"""Name of the output with the class activation maps, `(n, rows, columns, classes)`."""


@dataclass(frozen=True)
class Smoothing:
    """How answers about one track are merged over time.

    Attributes:
        method: `half_life` lets old answers fade, `average` weighs all alike up to `seconds`,
            `evidence` adds up log probabilities.
        seconds: Half-life, or the time over which answers are averaged or gathered.
    """

    method: SmoothingMethod
    seconds: float


@dataclass(frozen=True)
class ModelSpec:
    """One model of the contract.

    Attributes:
        name: Name of the model, its folder and its tensor server entry.
        title: Name for people.
        size: Side of its square crops in pixels.
        margin: Share of the box side added around a face, on each side.
        kind: `classification` answers with labels, `measure` with a value and a range.
        labels: Labels in the order of the output `probabilities`; of a measure, empty.
        unit: Unit and output name of a measure; of a classification, empty.
        interval_ms: Default time between two answers about the same track.
        smoothing: How answers are merged over time.
        unsure_below: Confidence under which a classification is `unsure`.
        activation: Whether it can also say where its evidence lies, by the output `activation`.
    """

    name: str
    title: str
    size: int
    margin: float
    kind: Kind
    labels: tuple[str, ...]
    unit: str
    interval_ms: int
    smoothing: Smoothing
    unsure_below: float = 0.0
    activation: bool = False

    @property
    def outputs(self) -> tuple[str, ...]:
        """Names of the SavedModel outputs that an answer is made of."""
        return ("probabilities",) if self.kind == "classification" else (self.unit, "low", "high")
