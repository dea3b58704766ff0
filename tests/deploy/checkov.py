"""checkov, which `make test` installs in a separate environment."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from web.settings import ROOT

_CHECKOV = shutil.which("checkov", path=f"{ROOT}/.cache/tools/checkov/bin:{os.environ['PATH']}")
_OFFLINE = {"BC_SKIP_MAPPING": "TRUE", "CKV_SKIP_PACKAGE_UPDATE_CHECK": "TRUE"}

needs_checkov = pytest.mark.skipif(
    _CHECKOV is None, reason="checkov is not installed: `make test` does it"
)


def run_checkov(folder: Path, framework: str) -> dict[str, Any]:
    """Runs checkov on a folder and returns its report."""
    options = ["--output=json", "--skip-download", "--soft-fail"]
    result = subprocess.run(
        [str(_CHECKOV), f"--directory={folder}", f"--framework={framework}", *options],
        env={**os.environ, **_OFFLINE},
        capture_output=True,
        text=True,
        check=True,
    )
    return dict(json.loads(result.stdout))
