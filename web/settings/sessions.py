"""Settings of sessions: number and lifetime."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from web.settings.group import SettingsGroup

DAY_SECONDS = 86_400


class SessionsSettings(SettingsGroup):
    """Number and lifetime of sessions."""

    title: ClassVar[str] = "Sessions"

    max_sessions: Annotated[int, Field(ge=1, le=100_000)] = Field(
        default=500, description="Maximum number of open sessions."
    )
    max_sessions_per_address: Annotated[int, Field(ge=1, le=100_000)] = Field(
        default=250,
        description="Maximum number of open sessions from one IPv4 address or IPv6 /64 network.",
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
