"""Payloads of the events `session`, `model_status` and `session_expired`."""

from __future__ import annotations

from typing import Annotated, Literal, TypedDict

from pydantic import Field

from face_utils.detectors import DetectorName
from face_utils.session_settings import SessionFlags
from web.protocol.server_payload import ServerPayload

State = Literal["available", "unavailable"]
ExpiryReason = Literal["idle", "lifetime", "shutdown"]

Version = Annotated[
    int | None,
    Field(description="served version, or null while the model server has not reported it"),
]
ServedState = Annotated[State, Field(description="whether the model can be asked now")]
StateMessage = Annotated[
    str, Field(description="why it is unavailable, for people; empty if it is available")
]


class StateFields(TypedDict):
    """Fields that tell the state of a model."""

    version: int | None
    state: State
    message: str


class _Model(ServerPayload):
    name: Annotated[str, Field(description="name in events")]
    title: Annotated[str, Field(description="name for people")]
    kind: str
    interval_ms: Annotated[
        int,
        Field(
            description="time between two predictions about the same face, which `configure` "
            "changes"
        ),
    ]
    enabled: Annotated[
        bool, Field(description="whether the session asks it, which `configure` changes")
    ]
    activation: Annotated[
        bool, Field(description="whether the model can show where its evidence lies")
    ]
    version: Version
    state: ServedState
    message: StateMessage


class ClassificationModel(_Model):
    """A model that predicts labels."""

    kind: Annotated[
        Literal["classification"], Field(description="`classification` predicts labels")
    ]
    labels: Annotated[list[str], Field(description="of a classification: its labels")]
    unsure_below: Annotated[
        float,
        Field(description="of a classification: confidence below which its label is `unsure`"),
    ]


class RegressionModel(_Model):
    """A model that predicts a value and a range."""

    # Protocol 1 keeps its first name of a regression, so that clients keep working.
    kind: Annotated[
        Literal["measure"],
        Field(description="`measure` is a regression: it predicts a value and a range"),
    ]
    unit: Annotated[
        str, Field(description="of a regression: its unit, which is also the name of its value")
    ]


class Limits(ServerPayload):
    """Limits of the service, which are its settings of the same names."""

    max_frame_bytes: Annotated[int, Field(description="bytes of an encoded frame")]
    max_pixels: Annotated[int, Field(description="width times height of a frame")]
    max_side: Annotated[int, Field(description="longer side of a frame in pixels")]
    max_faces: Annotated[int, Field(description="faces of one frame")]
    max_frames_per_second: Annotated[float, Field(description="frames per second and session")]
    session_max_seconds: Annotated[float, Field(description="life of a session")]
    session_idle_seconds: Annotated[
        float, Field(description="time without a frame after which a session ends")
    ]


class Crop(ServerPayload):
    """Crops of a client that finds the faces itself."""

    margin: Annotated[
        float, Field(description="share of the face box's longer side to add on each side")
    ]
    size: Annotated[
        int, Field(description="side of a crop in pixels that is enough for all models")
    ]


class Session(ServerPayload):
    """Payload of `session`."""

    session_id: Annotated[str, Field(description="id of the session, as the server's log shows it")]
    protocol: Annotated[Literal[1], Field(description="version of this protocol")]
    models: Annotated[
        list[ClassificationModel | RegressionModel], Field(description="models of the service")
    ]
    settings: Annotated[
        SessionFlags, Field(description="settings for all models, which `configure` changes")
    ]
    limits: Annotated[Limits, Field(description="limits of the service")]
    crop: Annotated[Crop, Field(description="crops of a client that finds the faces itself")]
    detector: Annotated[DetectorName, Field(description="face detector of the server")]


class ModelStatus(ServerPayload):
    """Payload of `model_status`."""

    model: Annotated[str, Field(description="name of the model")]
    version: Version
    state: ServedState
    message: StateMessage


class SessionExpired(ServerPayload):
    """Payload of `session_expired`."""

    reason: Annotated[ExpiryReason, Field(description="why the session ends")]
    message: Annotated[str, Field(description="the reason for people")]
