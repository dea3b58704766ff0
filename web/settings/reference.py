"""Writes the reference page of the settings, `docs/reference/configuration.md`."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from pathlib import Path

from web.settings.composition import concerns
from web.settings.concern import ROOT, Concern, variable_of
from web.settings.words import describe_type

_INTRODUCTION = """# Configuration

This page is for operators. It lists every setting of the app with its default, so that you can
change what you need.

Each setting is an environment variable. The app reads the variables when it starts. It refuses to
start with an unknown name or a wrong value, and says which one it is. It reads no `.env` file.

`make generate` writes this page from `web/settings/`.
"""

_HEADER = "| variable | default | type | meaning |\n| --- | --- | --- | --- |"


def describe_settings() -> str:
    """Describes all settings in Markdown, with a table for each concern."""
    return "\n".join([_INTRODUCTION, *map(_describe_concern, concerns().values())])


def _describe_concern(concern: type[Concern]) -> str:
    rows = "\n".join(_rows(concern))
    return f"## {concern.title}\n\n{inspect.getdoc(concern)}\n\n{_HEADER}\n{rows}\n"


def _rows(concern: type[Concern]) -> Iterator[str]:
    for name, field in concern.model_fields.items():
        default = _show(field.default)
        cells = [
            f"`{variable_of(name)}`",
            f"`{default}`" if default else "",
            describe_type(field),
            str(field.description),
        ]
        yield f"| {' | '.join(cells)} |"


def _show(default: object) -> str:
    if isinstance(default, Path):
        return default.relative_to(ROOT).as_posix()
    if isinstance(default, bool):
        return str(int(default))
    if default in {None, "", ()}:
        return ""
    return f"{default:g}" if isinstance(default, float) else str(default)


if __name__ == "__main__":
    print(describe_settings(), end="")
