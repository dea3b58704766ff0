"""Settings of the limits that protect the service from overload."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from face_utils.limits import MAX_FACES, MAX_IMAGE_BYTES, MAX_IMAGE_PIXELS
from web.settings.capacity import (
    LEAST_CONNECTIONS,
    auto_connections,
    auto_connections_per_address,
)
from web.settings.group import SettingsGroup
from web.settings.values import AUTO, Accepts, auto

KIB = 1024
MIB = 1024 * KIB
GIB = 1024 * MIB


class LimitSettings(SettingsGroup):
    """Limits on frames, rates, connections and memory. They protect the service from overload."""

    title: ClassVar[str] = "Limits"

    max_frame_bytes: Annotated[int, Field(ge=KIB, le=MAX_IMAGE_BYTES)] = Field(
        default=2 * MIB, description="Maximum size of an encoded frame, in bytes."
    )
    max_pixels: Annotated[int, Field(ge=4096, le=MAX_IMAGE_PIXELS)] = Field(
        default=3840 * 2160,
        description="Maximum size of a decoded frame, in pixels (width times height).",
    )
    max_faces: Annotated[int, Field(ge=1, le=MAX_FACES)] = Field(
        default=16, description="Maximum number of faces that are analyzed per frame."
    )
    max_frames_per_second: Annotated[float, Field(ge=0.1, le=240)] = Field(
        default=30.0, description="Rate limit per client, in frames per second."
    )
    max_connections: Annotated[
        int,
        Field(ge=8, le=100_000),
        auto(auto_connections),
        Accepts("whole number, 8 to 100000, or auto"),
    ] = Field(
        default=AUTO,
        validate_default=True,
        description="Maximum number of open connections. `auto`: twice the `auto` of "
        f"`MIEN_MAX_SESSIONS`, and at least {LEAST_CONNECTIONS}.",
    )
    max_connections_per_address: Annotated[
        int,
        Field(ge=1, le=100_000),
        auto(auto_connections_per_address),
        Accepts("whole number, 1 to 100000, or auto"),
    ] = Field(
        default=AUTO,
        validate_default=True,
        description="Maximum number of open connections from one IPv4 address or IPv6 /64 network. "
        "`auto`: half of the `auto` of `MIEN_MAX_CONNECTIONS`.",
    )
    max_buffer_bytes: Annotated[int, Field(ge=MIB, le=16 * GIB)] = Field(
        default=64 * MIB,
        description="Maximum memory for partly received messages of all clients together, in "
        "bytes. Above it, the client that uses most is disconnected.",
    )
