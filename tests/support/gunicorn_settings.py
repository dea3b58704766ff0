"""Settings that `gunicorn.conf.py` derives from an environment, read in a child process.

The file patches the standard library, so tests must not run it in theirs.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

from web.settings import ROOT

_PROGRAM = """
import json, runpy
settings = runpy.run_path("gunicorn.conf.py")
print(json.dumps({name: settings[name] for name in ("bind", "graceful_timeout")}))
"""


def read_gunicorn_settings(**variables: str) -> dict[str, Any]:
    """Reads the bind address and the graceful timeout."""
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM],
        cwd=ROOT,
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        check=True,
    )
    assert not done.stderr, done.stderr
    settings: dict[str, Any] = json.loads(done.stdout)
    return settings
