"""Payloads that clients send: the JSON arguments of `frame`, `faces` and `configure`.

The argument of `configure` is `face_utils.session_settings.Configuration`.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from face_utils.client_payload import ClientPayload, Number
from face_utils.image import MAX_SIDE

MAX_SEQ = 2**53
"""Above it, a number of JavaScript is no longer exact."""

FARTHEST = 2 * MAX_SIDE

Coordinate = Annotated[float, Field(ge=-FARTHEST, le=FARTHEST)]
Length = Annotated[float, Field(ge=1, le=FARTHEST)]
Side = Annotated[int, Field(ge=1, le=MAX_SIDE)]

# JSON has lists, which pydantic takes for tuples only where it is not strict.
Box = Annotated[tuple[Coordinate, Coordinate, Length, Length], Field(strict=False)]
Point = Annotated[tuple[Coordinate, Coordinate], Field(strict=False)]
Landmarks = Annotated[list[Point], Field(min_length=4, max_length=4)]


class FrameMeta(ClientPayload):
    """First argument of a `frame` event; the second is the binary image."""

    seq: Annotated[
        int,
        Field(
            ge=0,
            le=MAX_SEQ,
            description="number of the frame, which you count up; the ack repeats it",
        ),
    ]
    captured_at: Annotated[
        Number | None,
        Field(
            description="when you took the frame, in milliseconds of any clock; predictions "
            "repeat it"
        ),
    ] = None


class FaceMeta(ClientPayload):
    """One face of a `faces` event."""

    box: Annotated[Box, Field(description="bounding box `[x, y, w, h]` of the face")]
    crop_box: Annotated[
        Box,
        Field(
            description="the part of the frame that the crop shows: an upright square "
            "`[x, y, w, h]`, which may reach beyond the frame"
        ),
    ]
    score: Annotated[float, Field(description="certainty of your detector, 0 to 1")] = 1.0
    landmarks: Annotated[
        Landmarks | None, Field(description="right eye, left eye, nose and mouth")
    ] = None


class FacesMeta(FrameMeta):
    """First argument of a `faces` event; one binary crop per face follows."""

    width: Annotated[Side, Field(description="width of the frame in pixels")]
    height: Annotated[Side, Field(description="height of the frame in pixels")]
    faces: Annotated[
        list[FaceMeta],
        Field(fail_fast=True, description="the faces, in the order of their crops"),
    ]
