"""Settings of sessions: number and lifetime."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from web.settings.capacity import (
    CORES_PER_PROCESS,
    LEAST_FRAMES_PER_SECOND,
    auto_sessions,
    auto_sessions_per_address,
)
from web.settings.group import SettingsGroup
from web.settings.values import AUTO, Accepts, auto

DAY_SECONDS = 86_400
_ACCEPTED = "whole number, 1 to 100000, or auto"


class SessionsSettings(SettingsGroup):
    """Number and lifetime of sessions."""

    title: ClassVar[str] = "Sessions"

    max_sessions: Annotated[
        int, Field(ge=1, le=100_000), auto(auto_sessions), Accepts(_ACCEPTED)
    ] = Field(
        default=AUTO,
        validate_default=True,
        description="Maximum number of open sessions. `auto`: as many as the cores can give "
        f"{LEAST_FRAMES_PER_SECOND} frames/s each, {auto_sessions(cores=1)} per core, and "
        f"at most {CORES_PER_PROCESS} cores per app process.",
    )
    max_sessions_per_address: Annotated[
        int, Field(ge=1, le=100_000), auto(auto_sessions_per_address), Accepts(_ACCEPTED)
    ] = Field(
        default=AUTO,
        validate_default=True,
        description="Maximum number of open sessions from one IPv4 address or IPv6 /64 network. "
        "`auto`: half of the `auto` of `MIEN_MAX_SESSIONS`.",
    )
    session_max_seconds: Annotated[float, Field(ge=1, le=DAY_SECONDS)] = Field(
        default=300.0, description="Maximum duration of a session, in seconds."
    )
    session_idle_seconds: Annotated[float, Field(ge=1, le=DAY_SECONDS)] = Field(
        default=60.0, description="A session without frames for this long is closed, in seconds."
    )
    track_memory_seconds: Annotated[float, Field(ge=1, le=60)] = Field(
        default=5.0,
        description="A face that leaves the view keeps its id and predictions for this long, in "
        "seconds.",
    )
