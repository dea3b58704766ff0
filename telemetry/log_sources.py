"""Capture of warnings, uncaught exceptions and `sys.stderr` in the log.

Python, eventlet and `http.server` write to standard error directly. In the log, their output gets
the log's format and rate limit, and no client can inject a line.
"""

from __future__ import annotations

import io
import logging
import sys
import threading
from types import TracebackType
from typing import TextIO

_TRACE_START = "Traceback (most recent call last):"

log = logging.getLogger(__name__)


def capture_sources(handler: logging.StreamHandler[TextIO]) -> None:
    """Sends warnings, uncaught exceptions and lines for standard error to a handler's stream."""
    logging.captureWarnings(True)
    sys.excepthook = _log_uncaught
    threading.excepthook = _log_uncaught_in_thread
    sys.unraisablehook = _log_unraisable
    sys.stderr = StderrLines(handler)


class StderrLines(io.TextIOBase):
    """A text stream that writes each line in the format of the log, and a traceback as one line.

    It does not use the locks of `logging`. Under eventlet those are green and do not work in the
    native threads that write here.

    Args:
        handler: Provides formatter, filters and stream.
    """

    def __init__(self, handler: logging.StreamHandler[TextIO]) -> None:
        self._handler = handler
        self._rest = ""
        self._trace: list[str] = []

    def write(self, text: str) -> int:
        """Writes the complete lines of a text, and buffers the rest until the line is complete."""
        *lines, self._rest = (self._rest + text).split("\n")
        for line in lines:
            self._take(line)
        return len(text)

    def writable(self) -> bool:
        """Always true."""
        return True

    def fileno(self) -> int:
        """File descriptor of the handler's stream."""
        return self._handler.stream.fileno()

    def isatty(self) -> bool:
        """Whether the handler's stream is a terminal."""
        return self._handler.stream.isatty()

    def flush(self) -> None:
        """Flushes the handler's stream; an incomplete line stays in the buffer."""
        self._handler.stream.flush()

    def _take(self, line: str) -> None:
        if line == _TRACE_START or (self._trace and line.startswith(" ")):
            self._trace.append(line)
        elif line.strip():
            trace, self._trace = self._trace, []
            self._emit(line, "\n".join([*trace, line]) if trace else None)

    def _emit(self, line: str, trace: str | None) -> None:
        record = logging.LogRecord("stderr", logging.WARNING, "", 0, line, None, None)
        record.exc_text = trace
        if self._handler.filter(record):
            self._handler.stream.write(self._handler.format(record) + "\n")
            self._handler.stream.flush()


def _log_uncaught(
    kind: type[BaseException], error: BaseException, trace: TracebackType | None
) -> None:
    if not issubclass(kind, KeyboardInterrupt):
        log.critical("An error ended the process.", exc_info=(kind, error, trace))


def _log_uncaught_in_thread(event: threading.ExceptHookArgs) -> None:
    if event.exc_value is not None and not isinstance(event.exc_value, SystemExit):
        trace = event.exc_type, event.exc_value, event.exc_traceback
        log.error("An error ended a thread.", exc_info=trace)


def _log_unraisable(event: sys.UnraisableHookArgs) -> None:
    if event.exc_value is not None:
        trace = event.exc_type, event.exc_value, event.exc_traceback
        log.error("%s: %r", event.err_msg or "An error could not be raised", event.object,
                  exc_info=trace)  # fmt: skip
