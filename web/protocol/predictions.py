"""Payload of the event `prediction`."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import ConfigDict, Field

from face_utils.results import Activation, Classification
from face_utils.results import Prediction as FacePrediction
from face_utils.session_events import FramePredictions
from web.protocol.server_payload import ABSENT, ServerPayload

Evidence = Annotated[
    Activation,
    Field(
        description="where in the face the evidence lies; only if the session asked for it and the "
        "model can show it"
    ),
]


class _Result(ServerPayload):
    id: Annotated[int, Field(description="id of the face, as in the ack")]


class ClassificationResult(_Result):
    """A classification's prediction about one face."""

    label: Annotated[
        str,
        Field(
            description="of a classification: its label, or `unsure` if `confidence` is below "
            "the model's `unsure_below`"
        ),
    ]
    confidence: Annotated[float, Field(description="of a classification: the highest score")]
    scores: Annotated[
        dict[str, float],
        Field(description="of a classification: label -> probability; the scores sum to one"),
    ]
    activation: Evidence = ABSENT


class RegressionResult(_Result):
    """A regression's prediction about one face; its value is named by the model's unit."""

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[
        str,
        Annotated[
            float,
            Field(description="of a regression: the value, named by its unit, such as `years`"),
        ],
    ] = Field(init=False)

    low: Annotated[
        float,
        Field(
            description="of a regression: lower end of a range that holds the truth four times "
            "in five"
        ),
    ]
    high: Annotated[float, Field(description="of a regression: upper end of that range")]
    activation: Evidence = ABSENT


class Prediction(ServerPayload):
    """Payload of `prediction`: what one model says about the faces of one frame."""

    seq: Annotated[
        int, Field(description="number of the analyzed frame, so you know how old the data are")
    ]
    model: Annotated[str, Field(description="name of the model")]
    version: Annotated[int, Field(description="its version")]
    latency_ms: Annotated[
        float,
        Field(
            description="from the request to its response, with the wait for a call that sessions "
            "share"
        ),
    ]
    captured_at: Annotated[
        int | float | None, Field(description="that of the frame, or null if the frame had none")
    ]
    faces: Annotated[
        list[ClassificationResult | RegressionResult],
        Field(description="the prediction about each face"),
    ]

    @classmethod
    def of(cls, predictions: FramePredictions) -> Prediction:
        """The payload for the predictions about a frame."""
        return cls(
            seq=predictions.stamp.seq,
            model=predictions.model,
            version=predictions.version,
            latency_ms=predictions.latency_ms,
            captured_at=predictions.stamp.captured_at,
            faces=[_result(track, prediction) for track, prediction in predictions.faces],
        )


def _result(track: int, prediction: FacePrediction) -> ClassificationResult | RegressionResult:
    evidence: dict[str, Any] = (
        {"activation": prediction.activation} if prediction.activation else {}
    )
    if isinstance(prediction, Classification):
        return ClassificationResult(
            id=track,
            label=prediction.label,
            confidence=prediction.confidence,
            scores=prediction.scores,
            **evidence,
        )
    evidence[prediction.unit] = prediction.value
    return RegressionResult(id=track, low=prediction.low, high=prediction.high, **evidence)
