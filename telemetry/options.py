"""Options of logs and traces, for settings and command lines.

This module imports nothing else, so that the app can read its settings before eventlet patches the
standard library.
"""

from __future__ import annotations

from typing import Literal, get_args

LogLevel = Literal["DEBUG", "INFO", "WARNING", "ERROR"]
LogFormat = Literal["text", "json"]
TraceMode = Literal["off", "console", "otlp"]

LOG_LEVELS: tuple[LogLevel, ...] = get_args(LogLevel)
LOG_FORMATS: tuple[LogFormat, ...] = get_args(LogFormat)
TRACE_MODES: tuple[TraceMode, ...] = get_args(TraceMode)
