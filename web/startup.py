"""The end of a start that failed."""

from __future__ import annotations

import os
import sys
from typing import NoReturn

EXIT_CODE = 3
"""Gunicorn gives up at this one; at any other it would start its worker again, without end."""


def fail_startup(error: object) -> NoReturn:
    """Says in one sentence why, and ends the process."""
    from telemetry.logs import announce  # Not before eventlet has patched what it imports.

    # From the environment, since the configuration itself may be what is wrong.
    log_format = os.environ.get("MIEN_LOG_FORMAT", "text")
    announce(f"Mien cannot start: {error}", log_format, sys.__stderr__)
    sys.exit(EXIT_CODE)
