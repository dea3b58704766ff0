"""Folder of the page: templates, styles, scripts and third-party files."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).parents[1]
_INSTALLED = _PACKAGE / "page"

ASSETS = _INSTALLED if _INSTALLED.is_dir() else _PACKAGE.parent
"""Holds `static/` and `templates/`: the checkout, or a folder of this package in a wheel."""
