"""Settings of the limits that keep one client from using up the service."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from face_utils.limits import MAX_FACES, MAX_IMAGE_BYTES, MAX_IMAGE_PIXELS
from web.settings.concern import Concern

KIB = 1024
MIB = 1024 * KIB
GIB = 1024 * MIB


class LimitSettings(Concern):
    """Largest frames, highest rates, and how many connections may be open."""

    title: ClassVar[str] = "Limits"

    max_frame_bytes: Annotated[int, Field(ge=KIB, le=MAX_IMAGE_BYTES)] = Field(
        default=2 * MIB, description="Largest encoded frame, in bytes."
    )
    max_pixels: Annotated[int, Field(ge=4096, le=MAX_IMAGE_PIXELS)] = Field(
        default=3840 * 2160, description="Largest frame, as width times height."
    )
    max_faces: Annotated[int, Field(ge=1, le=MAX_FACES)] = Field(
        default=16, description="Faces of a frame that are analysed."
    )
    max_frames_per_second: Annotated[float, Field(ge=0.1, le=240)] = Field(
        default=30.0, description="Rate limit of one client, in frames per second."
    )
    max_connections: Annotated[int, Field(ge=8, le=100_000)] = Field(
        default=1000, description="Connections that may be open at the same time."
    )
    max_connections_per_address: Annotated[int, Field(ge=1, le=100_000)] = Field(
        default=500,
        description="Connections from one IPv4 address or one IPv6 /64 network at the same time.",
    )
    max_buffer_bytes: Annotated[int, Field(ge=MIB, le=16 * GIB)] = Field(
        default=64 * MIB,
        description="Memory for messages that are being received, for all clients together, in "
        "bytes.",
    )
