"""Ends a process whose native threads may be at work.

The interpreter would stop a thread that comes back from OpenCV, OpenVINO or gRPC by unwinding its
stack, and C++ answers with "terminate called without an active exception" and a core dump.
"""

from __future__ import annotations

import atexit
import os
import sys
from contextlib import suppress
from typing import NoReturn


def leave(code: int) -> NoReturn:
    """Runs what is registered for the end, and ends the process without the interpreter's own.

    Args:
        code: Its exit code.
    """
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):  # Nobody reads it any more.
            stream.flush()
    os._exit(code)
