"""Writes the reference page of the settings, `docs/reference/configuration.md`."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from pathlib import Path

from web.settings.composition import groups
from web.settings.descriptions import describe_type
from web.settings.group import ROOT, SettingsGroup, variable_of

_INTRODUCTION = """# Configuration

This page is for operators. It lists every setting of the app with its default, so that you can
change what you need.

Each setting is an environment variable. The app reads the variables when it starts. It refuses to
start with an unknown name or a wrong value, and says which one it is. It reads no `.env` file.

`make generate` writes this page from `web/settings/`.
"""

_HEADER = "| variable | default | type | meaning |\n| --- | --- | --- | --- |"


def describe_settings() -> str:
    """Describes all settings in Markdown, with a table for each group."""
    return "\n".join([_INTRODUCTION, *map(_describe_group, groups().values())])


def _describe_group(group: type[SettingsGroup]) -> str:
    rows = "\n".join(_rows(group))
    return f"## {group.title}\n\n{inspect.getdoc(group)}\n\n{_HEADER}\n{rows}\n"


def _rows(group: type[SettingsGroup]) -> Iterator[str]:
    for name, field in group.model_fields.items():
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
