"""Path of BlazeFace's model file, which is one of the page's files because the page uses it too."""

from __future__ import annotations

from pathlib import Path

_ROOT = Path(__file__).parents[2]
_NAME = Path("static", "vendor", "face_detection_full_range.tflite")


def blazeface_file() -> Path:
    """The file of a checkout, or of an installed wheel, which has the page in `web/page`."""
    installed = _ROOT / "web" / "page" / _NAME
    return installed if installed.is_file() else _ROOT / _NAME
