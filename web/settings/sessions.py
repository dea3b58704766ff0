"""Settings of sessions: how many there may be, and how long they last."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from web.settings.concern import Concern

DAY_SECONDS = 86_400


class SessionsSettings(Concern):
    """Number and lifetime of sessions."""

    title: ClassVar[str] = "Sessions"

    max_sessions: Annotated[int, Field(ge=1, le=100_000)] = Field(
        default=500, description="Sessions that may be open at the same time."
    )
    max_sessions_per_address: Annotated[int, Field(ge=1, le=100_000)] = Field(
        default=250,
        description="Sessions from one IPv4 address or one IPv6 /64 network at the same time.",
    )
    session_max_seconds: Annotated[float, Field(ge=1, le=DAY_SECONDS)] = Field(
        default=300.0, description="Longest session, in seconds."
    )
    session_idle_seconds: Annotated[float, Field(ge=1, le=DAY_SECONDS)] = Field(
        default=60.0, description="Time without a frame after which a session ends, in seconds."
    )
