"""Acks of client events, and the data of a refused connection."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field

from face_utils.errors import ErrorCode, MienError, ServerFull, Unauthorized
from face_utils.results import DetectedFace, Timings
from face_utils.session_events import AnalyzedFrame
from face_utils.session_settings import ModelSettings, SessionFlags, SessionSettings
from web.protocol.server_payload import ABSENT, ServerPayload

Code = Annotated[ErrorCode, Field(description="one of the closed list of error codes")]
Message = Annotated[str, Field(description="what happened, for people")]


class Analysed(ServerPayload):
    """Ack of a frame that was analyzed."""

    seq: Annotated[int, Field(description="number of the frame")]
    status: Annotated[
        Literal["analysed"], Field(description="the faces were found; predictions follow")
    ]
    width: Annotated[int, Field(description="width of the upright frame in pixels")]
    height: Annotated[int, Field(description="height of the upright frame in pixels")]
    faces: Annotated[list[DetectedFace], Field(description="faces of the frame")]
    timings: Annotated[Timings, Field(description="milliseconds by stage")]

    @classmethod
    def of(cls, frame: AnalyzedFrame) -> Analysed:
        """The ack of a frame."""
        analysis = frame.analysis
        return cls(
            seq=frame.stamp.seq,
            status="analysed",
            width=analysis.width,
            height=analysis.height,
            faces=analysis.faces,
            timings=analysis.timings,
        )

    def to_wire(self) -> dict[str, Any]:
        """The ack as JSON has it, with every field."""
        return self.model_dump(mode="json")


class Dropped(ServerPayload):
    """Ack of a frame that a newer one replaced."""

    seq: Annotated[int | None, Field(description="number of the frame, or null if it had none")]
    status: Annotated[Literal["dropped"], Field(description="a newer frame took its place")]


class FrameError(ServerPayload):
    """Ack of a frame that failed."""

    seq: Annotated[int | None, Field(description="number of the frame, or null if it had none")]
    status: Annotated[Literal["error"], Field(description="the frame was not analyzed")]
    code: Code
    message: Message

    @classmethod
    def of(cls, error: MienError, seq: int | None) -> FrameError:
        """The ack of a frame and its error."""
        return cls(seq=seq, status="error", code=error.code, message=error.message)


class Configured(SessionFlags):
    """Ack of `configure`: the settings that now apply."""

    model_config = ConfigDict(defer_build=True)

    status: Annotated[Literal["ok"], Field(description="the settings were changed")]
    models: Annotated[
        dict[str, ModelSettings], Field(description="name of a model -> its settings")
    ]

    @classmethod
    def of(cls, settings: SessionSettings) -> Configured:
        """The ack with these settings."""
        return cls(status="ok", **settings.model_dump())

    def to_wire(self) -> dict[str, Any]:
        """The ack as JSON has it, with every setting."""
        return self.model_dump(mode="json")


class ConfigureError(ServerPayload):
    """Ack of an event other than a frame that failed; nothing has changed."""

    status: Annotated[Literal["error"], Field(description="nothing was changed")]
    code: Code
    message: Message

    @classmethod
    def of(cls, error: MienError) -> ConfigureError:
        """The ack of an error."""
        return cls(status="error", code=error.code, message=error.message)


class ConnectError(ServerPayload):
    """Data of `connect_error` when the server refuses a connection."""

    code: Annotated[
        Literal["unauthorized", "server_full"], Field(description="one of the error codes")
    ]
    message: Message
    retry_after_seconds: Annotated[
        int, Field(description="of `server_full`: when to try again")
    ] = ABSENT

    @classmethod
    def of(cls, error: Unauthorized | ServerFull) -> ConnectError:
        """The data of a refusal."""
        if isinstance(error, ServerFull):
            seconds = error.retry_after_seconds
            return cls(code=error.code, message=error.message, retry_after_seconds=seconds)
        return cls(code=error.code, message=error.message)
