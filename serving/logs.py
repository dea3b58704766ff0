"""How the log is written: as text, or as one JSON object per line.

A line also says what was being worked on, such as a session and a frame. These ids lie in a context
variable: each greenlet and each thread has its own, and `contextvars.copy_context` carries them
into a thread or a callback.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from types import MappingProxyType

FORMATS = ("text", "json")
LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
_TEXT = "%(asctime)s %(levelname)s %(name)s %(message)s"

# The page's address may hold the access token, and a library may log an address.
_SECRET = re.compile(r"(?i)(token=|bearer )[^\s&\"']+")

_ids: ContextVar[Mapping[str, object]] = ContextVar("log_ids", default=MappingProxyType({}))


@contextmanager
def log_ids(**ids: object) -> Iterator[None]:
    """Adds ids to every line that is logged within this block."""
    token = _ids.set({**_ids.get(), **ids})
    try:
        yield
    finally:
        _ids.reset(token)


def build_formatter(log_format: str) -> logging.Formatter:
    """Builds the formatter of one of `FORMATS`."""
    return JsonFormatter() if log_format == "json" else TextFormatter()


def configure_logging(level: str, log_format: str) -> None:
    """Sends the process's log from one of `LEVELS` on to standard error, in one of `FORMATS`."""
    handler = logging.StreamHandler()
    handler.setFormatter(build_formatter(log_format))
    logging.basicConfig(level=level, handlers=[handler], force=True)


class TextFormatter(logging.Formatter):
    """A line for people, with the ids at its end."""

    def __init__(self) -> None:
        super().__init__(_TEXT)

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802
        """Words the line that stands above a traceback."""
        ids = " ".join(f"{name}={value}" for name, value in _ids.get().items())
        return super().formatMessage(record) + (f" [{ids}]" if ids else "")

    def format(self, record: logging.LogRecord) -> str:
        """Words line and traceback, without secrets."""
        return _hide_secrets(super().format(record))


class JsonFormatter(logging.Formatter):
    """A line for programs: one JSON object."""

    def format(self, record: logging.LogRecord) -> str:
        """Gives time (UTC), level, logger, message, the ids, and a traceback where there is one."""
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": _hide_secrets(record.getMessage()),
            **_ids.get(),
        }
        if record.exc_info:
            line["exception"] = _hide_secrets(self.formatException(record.exc_info))
        return json.dumps(line, default=str)


def _hide_secrets(text: str) -> str:
    return _SECRET.sub(r"\1...", text)
