"""Acks of client events, and the data of a refused connection."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from face_utils.errors import ErrorCode
from face_utils.session_settings import ModelSettings, SessionFlags
from web.protocol.server_payload import ABSENT, ServerPayload

QualityReason = Literal["too_small", "too_dark", "too_bright", "blurred", "turned_away"]
Landmarks = Annotated[list[tuple[float, float]], Field(min_length=4, max_length=4)]

Code = Annotated[ErrorCode, Field(description="one of the closed list of error codes")]
Message = Annotated[str, Field(description="what happened, for people")]


class Quality(ServerPayload):
    """Whether a face is good enough for the models."""

    ok: Annotated[bool, Field(description="whether the face gets predictions")]
    reasons: Annotated[list[QualityReason], Field(description="what is wrong with the face")]


class Face(ServerPayload):
    """One face of an analysed frame."""

    id: Annotated[
        int,
        Field(
            description="stays the same while the face is in view, and is never used again in a "
            "session"
        ),
    ]
    box: Annotated[
        tuple[float, float, float, float], Field(description="bounding box `[x, y, w, h]`")
    ]
    score: Annotated[float, Field(description="certainty of the detector, 0 to 1")]
    landmarks: Annotated[
        Landmarks | None,
        Field(
            description="right eye, left eye, nose and mouth (right and left are the person's "
            "own), or null if the detector finds none"
        ),
    ]
    quality: Annotated[
        Quality,
        Field(description="a face with a reason gets a box but no predictions"),
    ]


class Timings(ServerPayload):
    """Time that a frame took, in milliseconds."""

    decode_ms: Annotated[float, Field(description="decoding the image or the crops")]
    detect_ms: Annotated[float, Field(description="finding the faces")]
    total_ms: Annotated[float, Field(description="everything before the models are asked")]


class Analysed(ServerPayload):
    """Ack of a frame that was analysed."""

    seq: Annotated[int, Field(description="number of the frame")]
    status: Annotated[
        Literal["analysed"], Field(description="the faces were found; predictions follow")
    ]
    width: Annotated[int, Field(description="width of the upright frame in pixels")]
    height: Annotated[int, Field(description="height of the upright frame in pixels")]
    faces: Annotated[list[Face], Field(description="faces of the frame")]
    timings: Annotated[Timings, Field(description="milliseconds by stage")]


class Dropped(ServerPayload):
    """Ack of a frame that a newer one replaced."""

    seq: Annotated[int | None, Field(description="number of the frame, or null if it had none")]
    status: Annotated[Literal["dropped"], Field(description="a newer frame took its place")]


class FrameError(ServerPayload):
    """Ack of a frame that failed."""

    seq: Annotated[int | None, Field(description="number of the frame, or null if it had none")]
    status: Annotated[Literal["error"], Field(description="the frame was not analysed")]
    code: Code
    message: Message


class Configured(SessionFlags):
    """Ack of `configure`: the settings that now apply."""

    status: Annotated[Literal["ok"], Field(description="the settings were changed")]
    models: Annotated[
        dict[str, ModelSettings], Field(description="name of a model -> its settings")
    ]


class ConfigureError(ServerPayload):
    """Ack of an event other than a frame that failed; nothing has changed."""

    status: Annotated[Literal["error"], Field(description="nothing was changed")]
    code: Code
    message: Message


class ConnectError(ServerPayload):
    """Data of `connect_error` when the server refuses a connection."""

    code: Annotated[
        Literal["unauthorized", "server_full"], Field(description="one of the error codes")
    ]
    message: Message
    retry_after_seconds: Annotated[
        int, Field(description="of `server_full`: when to try again")
    ] = ABSENT
