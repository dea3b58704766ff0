"""Base of the payloads that the server sends."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict

ABSENT: Any = None
"""Default of a field that may be left out, and is never null on the wire."""


class ServerPayload(BaseModel):
    """A JSON object from the server."""

    # Some payloads are only described, never built: their validators would take memory.
    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    def to_wire(self) -> dict[str, Any]:
        """The payload as JSON has it."""
        return self.model_dump(mode="json", exclude_unset=True)
