"""Describes every setting: `docs/reference/configuration.md`, and the list of `make help`."""

from __future__ import annotations

import sys
from dataclasses import fields
from pathlib import Path

from web.config import PREFIX, ROOT, Config

_TITLE = """# Settings

Every setting is an environment variable. An unknown name or a wrong value stops the start and is
named. This page is made by `make config`.
"""


def describe_config() -> str:
    """All settings as a Markdown table, as `docs/reference/configuration.md` has it."""
    rows = [_TITLE, "| variable | default | type | meaning |", "| --- | --- | --- | --- |"]
    for name, default, kind, meaning in _rows():
        rows.append(f"| `{name}` | {f'`{default}`' if default else ''} | {kind} | {meaning} |")
    return "\n".join(rows)


def list_config() -> str:
    """All settings as lines of plain text, as `make help` shows them."""
    rows = _rows()
    width = 1 + max(len(name) for name, *_ in rows)
    return "\n".join(
        f"  {name:<{width}}{meaning.replace('`', '')} [{default or 'empty'}]"
        for name, default, _, meaning in rows
    )


def _rows() -> list[tuple[str, str, str, str]]:
    """Variable, default, kind and meaning of each setting."""
    return [
        (
            PREFIX + setting.name.upper(),
            _show(setting.default),
            setting.metadata["kind"].words,
            setting.metadata["meaning"],
        )
        for setting in fields(Config)
    ]


def _show(default: object) -> str:
    if isinstance(default, Path):
        return default.relative_to(ROOT).as_posix()
    if isinstance(default, bool):
        return str(int(default))
    if default in {None, "", ()}:
        return ""
    return f"{default:g}" if isinstance(default, float) else str(default)


if __name__ == "__main__":
    print(list_config() if "--plain" in sys.argv else describe_config())
