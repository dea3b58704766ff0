"""Settings of logs, metrics and traces."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from telemetry.options import LogFormat, LogLevel, TraceMode
from web.settings.concern import Concern
from web.settings.values import OptionalPort


class ObservabilitySettings(Concern):
    """What operators see of the running service."""

    title: ClassVar[str] = "Logs, metrics and traces"
    needs: ClassVar[tuple[tuple[str, str], ...]] = (("metrics_host", "metrics_port"),)

    log_level: LogLevel = Field(default="INFO", description="Lowest level that is logged.")
    log_format: LogFormat = Field(
        default="text",
        description="Format of the log: lines for people, or one JSON object per line.",
    )
    metrics_port: OptionalPort = Field(
        default=0,
        description="TCP port of `/metrics` for Prometheus, which must use an address or a name "
        "that `MIEN_ALLOWED_HOSTS` allows. 0: no metrics.",
    )
    metrics_host: str = Field(
        default="", description="Address of the metrics port. Empty: the service's own address."
    )
    traces: TraceMode = Field(
        default="off",
        description="OpenTelemetry traces: to standard error (`console`), or to the collector that "
        "the `OTEL_` variables name (`otlp`).",
    )
