"""Path of BlazeFace's model file. It is among the page's files, since the page uses it, too."""

from __future__ import annotations

from pathlib import Path

_ROOT = Path(__file__).parents[2]
_NAME = Path("static", "vendor", "face_detection_full_range.tflite")


def blazeface_file() -> Path:
    """The file in a checkout, or in an installed wheel, where the page is in `web/page`."""
    installed = _ROOT / "web" / "page" / _NAME
    return installed if installed.is_file() else _ROOT / _NAME
