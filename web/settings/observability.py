"""Settings of logs, metrics and traces."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from telemetry.options import LogFormat, LogLevel, TraceMode
from web.settings.group import SettingsGroup
from web.settings.values import OptionalPort


class ObservabilitySettings(SettingsGroup):
    """Log level and format, Prometheus metrics and OpenTelemetry traces."""

    title: ClassVar[str] = "Logs, metrics and traces"
    needs: ClassVar[tuple[tuple[str, str], ...]] = (("metrics_host", "metrics_port"),)

    log_level: LogLevel = Field(
        default="INFO",
        description="Minimum level of log messages. `make run`, `mien serve` and `python app.py` "
        "start with `WARNING`.",
    )
    log_format: LogFormat = Field(
        default="text",
        description="Log format: `text` for people, or `json` with one object per line.",
    )
    metrics_port: OptionalPort = Field(
        default=0,
        description="TCP port that serves `/metrics` to Prometheus. 0 turns metrics off. "
        "Prometheus must connect by IP address, or by a name that `MIEN_ALLOWED_HOSTS` allows.",
    )
    metrics_host: str = Field(
        default="",
        description="IP address that serves the metrics. If empty, Mien uses the address of the "
        "service.",
    )
    traces: TraceMode = Field(
        default="off",
        description="OpenTelemetry traces. `console` writes them to standard error, and `otlp` "
        "sends them to the collector in the `OTEL_` variables.",
    )
