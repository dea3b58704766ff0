"""Traces of frames and model calls; OpenTelemetry is behind them where they are switched on.

`Traces` and `Span` do nothing: they stand in while the switch is off, and then no module of
OpenTelemetry is imported. `serving/open_telemetry.py` has those that do something.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Literal

MODES = ("off", "console", "otlp")

Kind = Literal["internal", "client", "server"]
"""Whether a piece of work asks another process, is asked by one, or neither."""

Attributes = Mapping[str, str | int]
"""What is known of a piece of work, by OpenTelemetry's names or our own, `mien.`."""

Headers = Sequence[tuple[str, str]]
"""Metadata of a gRPC call."""


class TracesUnavailable(ValueError):
    """Traces are switched on and their packages are not there."""


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


def build_traces(mode: str, service: str) -> Traces:
    """Builds the traces of a process.

    Args:
        mode: One of `MODES`.
        service: Name of the process, unless `OTEL_SERVICE_NAME` names it.

    Raises:
        TracesUnavailable: OpenTelemetry is not installed.
    """
    if mode == "off":
        return Traces()
    try:
        from serving.open_telemetry import build_open_telemetry
    except ModuleNotFoundError as error:
        raise TracesUnavailable(
            f"traces are switched on ({mode}) and the package {error.name} is not installed; "
            "install what requirements-tracing.txt names, or switch them off."
        ) from error
    return build_open_telemetry(mode, service)
