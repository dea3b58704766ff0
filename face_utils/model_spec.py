"""Contract of a model: its input, its output, its schedule, and where it comes from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Annotated, Literal, Self

from pydantic import ConfigDict, Field, Strict, model_validator
from pydantic.dataclasses import dataclass
from pydantic_core import PydanticCustomError

from face_utils.validation_message import SENTENCE

Kind = Literal["classification", "regression"]
SmoothingMethod = Literal["half_life", "average", "evidence"]

UNSURE = "unsure"
"""The label of a classification whose best score is too low."""

ACTIVATION = "activation"
"""Name of the output with the class activation maps, `(n, rows, columns, classes)`."""

MAX_INTERVAL_MS = 600_000

Text = Annotated[str, Strict()]
Share = Annotated[float, Strict(), Field(ge=0, le=1)]
Whole = Annotated[int, Strict()]
Number = Annotated[float, Strict(), Field(allow_inf_nan=False)]

_CONFIG = ConfigDict(extra="forbid")


@dataclass(frozen=True, config=_CONFIG)
class Smoothing:
    """How predictions about one track are merged over time.

    Example:
        >>> Smoothing("half_life", 0.5).seconds
        0.5
    """

    method: Annotated[
        SmoothingMethod,
        Field(
            description="`half_life` lets old predictions fade, `average` weighs all alike, "
            "`evidence` adds up log probabilities"
        ),
    ]
    seconds: Annotated[
        Number,
        Field(gt=0, description="half-life, or the time over which predictions are merged"),
    ]


@dataclass(frozen=True, kw_only=True, config=_CONFIG)
class ModelSpec:
    """One model of the contract: one table of `serving/models.toml`.

    Example:
        >>> mood = ModelSpec(
        ...     name="mood",
        ...     title="Mood",
        ...     kind="classification",
        ...     labels=("calm", "angry"),
        ...     size=64,
        ...     margin=0.05,
        ...     interval_ms=100,
        ...     smoothing=Smoothing("half_life", 0.5),
        ... )
        >>> mood.outputs
        ('probabilities',)
    """

    name: Annotated[Text, Field(description="name of the model and of its folder")]
    title: Annotated[Text, Field(description="name for people")]
    kind: Annotated[
        Kind,
        Field(
            description="`classification` predicts labels, `regression` a value and a range; "
            "the old name `measure` of a regression is accepted"
        ),
    ]
    labels: Annotated[
        tuple[Text, ...],
        Field(description="of a classification: in the order of the output `probabilities`"),
    ] = ()
    unit: Annotated[
        Text, Field(description="of a regression: also the name of its output, such as `years`")
    ] = ""
    size: Annotated[Whole, Field(ge=16, le=512, description="side of the square crop in pixels")]
    margin: Annotated[
        Share, Field(description="share of the face box that is added on each side of the crop")
    ]
    interval_ms: Annotated[
        Whole,
        Field(
            ge=0,
            le=MAX_INTERVAL_MS,
            description="default time between two predictions about the same face",
        ),
    ]
    smoothing: Annotated[
        Smoothing, Field(description="how predictions about one face are merged over time")
    ]
    unsure_below: Annotated[
        Share, Field(description="confidence below which the label of a classification is `unsure`")
    ] = 0.0
    activation: Annotated[
        bool, Strict(), Field(description="whether the SavedModel can show where its evidence lies")
    ] = False
    licence: Annotated[Text, Field(description="what the weights may be used for")] = field(
        default="", compare=False
    )
    data: Annotated[Text, Field(description="which data the weights come from")] = field(
        default="", compare=False
    )
    quality: Annotated[
        Mapping[Text, Number],
        Field(description="how good the model is: name of a measurement -> value"),
    ] = field(default_factory=dict, compare=False)

    @property
    def outputs(self) -> tuple[str, ...]:
        """Names of the SavedModel outputs that make up a prediction."""
        return ("probabilities",) if self.kind == "classification" else (self.unit, "low", "high")

    @model_validator(mode="after")
    def _check_kind(self) -> Self:
        is_regression = self.kind == "regression"
        problems = {
            "labels must have two or more entries for a classification.": (
                not is_regression and len(self.labels) < 2
            ),
            "labels must all differ.": len(set(self.labels)) < len(self.labels),
            "labels must be empty for a regression.": is_regression and bool(self.labels),
            "unit is required for a regression.": is_regression and not self.unit,
        }
        for problem, holds in problems.items():
            if holds:
                raise PydanticCustomError(SENTENCE, problem)
        return self
