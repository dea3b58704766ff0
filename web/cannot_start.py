"""The end of a start that failed."""

from __future__ import annotations

import sys
from typing import NoReturn

EXIT_CODE = 3
"""Gunicorn gives up at this one; at any other it would start its worker again, without end."""


def cannot_start(error: object) -> NoReturn:
    """Says in one sentence why, and ends the process."""
    print(f"Mien cannot start: {error}", file=sys.stderr)
    sys.exit(EXIT_CODE)
