"""Ends a process whose native threads may be at work.

At its end the interpreter unwinds the stack of a thread that returns from OpenVINO, OpenCV or gRPC.
C++ then aborts with "terminate called without an active exception" and a core dump.
"""

from __future__ import annotations

import atexit
import os
import sys
from contextlib import suppress
from typing import NoReturn


def exit_immediately(code: int) -> NoReturn:
    """Runs the registered exit functions, then ends the process without the interpreter's shutdown.

    Args:
        code: Exit code.
    """
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):  # The reader may be gone.
            stream.flush()
    os._exit(code)
