"""Log formats: text for people, or one JSON object per line.

A line also contains ids of the current work, such as a session and a frame. They are in a context
variable: each greenlet and each thread has its own, and `contextvars.copy_context` copies them into
a thread or a callback.
"""

from __future__ import annotations

import json
import logging
import re
import sys
from collections.abc import Mapping, Sequence
from contextvars import ContextVar
from datetime import UTC, datetime
from types import MappingProxyType
from typing import TextIO
from urllib.parse import quote, quote_plus

from telemetry.log_limits import RepeatLimit
from telemetry.log_sources import capture_sources

_TEXT = "%(asctime)s %(levelname)s %(name)s %(message)s"

# A library may log an address or a packet that contains an access token.
_SECRET = re.compile(r"""(?i)(token\\?["']?\s*[:=]\s*|bearer )(\\?"[^"]*"|'[^']*'|[^\s&"',}]+)""")

# ASCII and C1 control characters, line separators, and marks that change the text direction.
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")

_ids: ContextVar[Mapping[str, object]] = ContextVar("log_ids", default=MappingProxyType({}))


class log_ids:  # noqa: N801 (A class, because a generator would take four times as long.)
    """Adds ids to every line that is logged within this block."""

    def __init__(self, **ids: object) -> None:
        self._new = ids

    def __enter__(self) -> None:
        self._token = _ids.set({**_ids.get(), **self._new})

    def __exit__(self, *_: object) -> None:
        _ids.reset(self._token)


def build_formatter(log_format: str, secrets: Sequence[str] = ()) -> logging.Formatter:
    """Builds the formatter of a log format.

    Args:
        log_format: Its name.
        secrets: Strings to replace by `...` everywhere.
    """
    return JsonFormatter(secrets) if log_format == "json" else TextFormatter(secrets)


def configure_logging(level: str, log_format: str, secrets: Sequence[str] = ()) -> None:
    """Sends the log to standard error, and all other output to standard error through the log.

    Args:
        level: Lowest level that is written, one of `telemetry.options.LOG_LEVELS`.
        log_format: One of `telemetry.options.LOG_FORMATS`.
        secrets: Strings to replace by `...` everywhere.
    """
    handler: logging.StreamHandler[TextIO] = logging.StreamHandler(sys.__stderr__)
    handler.setFormatter(build_formatter(log_format, secrets))
    handler.addFilter(RepeatLimit())
    logging.basicConfig(level=level, handlers=[handler], force=True)
    capture_sources(handler)


def print_line(message: str, log_format: str, stream: TextIO | None = None) -> None:
    """Prints a line for people: unchanged in the format `text`, as one JSON object in `json`.

    Args:
        message: The line.
        log_format: One of `telemetry.options.LOG_FORMATS`.
        stream: Standard output by default; standard error for an error.
    """
    if log_format == "json":
        level = logging.INFO if stream is None else logging.ERROR
        record = logging.LogRecord("mien", level, "", 0, message, None, None)
        message = JsonFormatter().format(record)
    print(message, file=stream, flush=True)


class _SafeFormatter(logging.Formatter):
    """Replaces secrets, and escapes characters with which a client could inject a line."""

    def __init__(self, secrets: Sequence[str] = ()) -> None:
        super().__init__(_TEXT)
        known = {form for each in secrets for form in (each, quote(each), quote_plus(each))}
        self._known = sorted((form for form in known if form), key=len, reverse=True)

    def blank(self, text: str) -> str:
        """Replaces secrets by `...`."""
        for form in self._known:
            text = text.replace(form, "...")
        return _SECRET.sub(r"\1...", text)


class TextFormatter(_SafeFormatter):
    """A line for people, with the ids at the end and an indented traceback."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802
        """Formats the line above a traceback."""
        ids = " ".join(f"{name}={value}" for name, value in _ids.get().items())
        line = super().formatMessage(record) + (f" [{ids}]" if ids else "")
        count = getattr(record, "left_out", 0)
        return _escape(line + (f" ({count} more like this)" if count else ""))

    def format(self, record: logging.LogRecord) -> str:
        """Formats the line and its traceback, without secrets."""
        return "\n    ".join(map(_escape, self.blank(super().format(record)).split("\n")))


class JsonFormatter(_SafeFormatter):
    """One JSON object per line, for programs."""

    def format(self, record: logging.LogRecord) -> str:
        """Formats time (UTC), level, logger, message, ids, and the traceback if there is one."""
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": self.blank(record.getMessage()),
            **_ids.get(),
        }
        if count := getattr(record, "left_out", 0):
            line["left_out"] = count
        if record.exc_info and not record.exc_text:
            record.exc_text = self.formatException(record.exc_info)
        if record.exc_text:
            line["exception"] = self.blank(record.exc_text)
        return json.dumps(line, default=str)


def _escape(text: str) -> str:
    return _CONTROL.sub(lambda match: match[0].encode("unicode_escape").decode(), text)
