"""The end of a start that failed."""

from __future__ import annotations

import sys
from typing import NoReturn

from telemetry.logs import announce

EXIT_CODE = 3
"""Gunicorn gives up at this one; at any other it would start its worker again, without end."""


def fail_startup(error: object, log_format: str) -> NoReturn:
    """Prints one sentence that says why, and ends the process.

    Args:
        error: The reason; its text is the sentence.
        log_format: One of `telemetry.options.LOG_FORMATS`.
    """
    announce(f"Mien cannot start: {error}", log_format, sys.__stderr__)
    sys.exit(EXIT_CODE)
