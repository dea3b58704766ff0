"""Events of the protocol, with their payloads and acks."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import BaseModel

from face_utils.session_settings import Configuration
from web.protocol.acks import (
    Analysed,
    Configured,
    ConfigureError,
    ConnectError,
    Dropped,
    FrameError,
)
from web.protocol.client_events import FacesMeta, FrameMeta
from web.protocol.predictions import Prediction
from web.protocol.server_events import ModelStatus, Session, SessionExpired

Model = type[BaseModel]


@dataclass(frozen=True)
class Binary:
    """Binary arguments that follow the payload of a client event.

    Attributes:
        name: Name of one of them.
        meaning: What it holds.
        many: Whether there are any number of them.
    """

    name: str
    meaning: str
    many: bool = False


@dataclass(frozen=True)
class Event:
    """One event of the protocol.

    Attributes:
        name: Name on the wire.
        summary: When it is sent.
        payload: Its first argument.
        acks: What the server may return for it.
        binary: Its further arguments.
    """

    name: str
    summary: str
    payload: Model
    acks: tuple[Model, ...] = ()
    binary: Binary | None = None


SERVER_EVENTS = (
    Event("session", "Sent once, right after connecting.", Session),
    Event("prediction", "One model's prediction, sent as soon as it is there.", Prediction),
    Event(
        "model_status",
        "Sent when a model becomes available or unavailable, or changes its version.",
        ModelStatus,
    ),
    Event("session_expired", "Sent before the server ends a session.", SessionExpired),
    Event(
        "connect_error", "Sent instead of a session when a client may not connect.", ConnectError
    ),
)

CLIENT_EVENTS = (
    Event(
        "frame",
        "A frame in which the server finds the faces.",
        FrameMeta,
        (Analysed, Dropped, FrameError),
        Binary("image", "the binary JPEG, PNG or WebP image"),
    ),
    Event(
        "faces",
        "Face crops of a frame in which the client found the faces.",
        FacesMeta,
        (Analysed, Dropped, FrameError),
        Binary("crop", "the pixels of `crop_box` as a binary JPEG, PNG or WebP image", many=True),
    ),
    Event(
        "configure", "Changes the session's settings.", Configuration, (Configured, ConfigureError)
    ),
)
