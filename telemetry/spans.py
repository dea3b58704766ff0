"""Pieces of work that a trace is made of, for whoever begins and ends them.

These do nothing: they stand in while traces are switched off. `telemetry/open_telemetry.py` has
those that do something.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Literal

Kind = Literal["internal", "client", "server"]
"""Whether a piece of work asks another process, is asked by one, or neither."""

Attributes = Mapping[str, str | int]
"""What is known of a piece of work, by OpenTelemetry's names or our own, `mien.`."""

Headers = Sequence[tuple[str, str]]
"""Metadata of a gRPC call."""


class Span:
    """A piece of work that nobody records."""

    @property
    def ids(self) -> Mapping[str, str]:
        """Names of the span for the log: `trace_id`, where it is recorded."""
        return {}

    def active(self) -> AbstractContextManager[object]:
        """Makes spans that begin in this block its children."""
        return nullcontext()

    def end(
        self,
        *,
        error: str = "",
        at: int | None = None,
        about: Attributes | None = None,
    ) -> None:
        """Ends the work.

        Args:
            error: Why it failed; empty where it did not.
            at: When, in nanoseconds since 1970; now by default.
            about: More attributes.
        """


class Traces:
    """Traces that nobody records."""

    def begin(
        self,
        name: str,
        *,
        kind: Kind = "internal",
        headers: Headers = (),
        at: int | None = None,
        about: Attributes | None = None,
    ) -> Span:
        """Begins a piece of work, a part of the one that is active.

        Args:
            name: What is done; one of few names.
            kind: Who asks whom.
            headers: Of the call that asked for it, whose trace goes on then.
            at: When it began, in nanoseconds since 1970; now by default.
            about: Attributes.
        """
        return _NOTHING

    def headers(self) -> Headers:
        """Metadata that lets another process go on with the active trace: W3C's `traceparent`."""
        return ()


_NOTHING = Span()
