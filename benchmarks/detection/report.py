"""Keeps the figures of both versions, and writes them as a page."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict

from benchmarks.detection.figure import Figure
from benchmarks.detection.reference import CACHE
from benchmarks.detection.version import BASE
from benchmarks.machine import describe_machine
from benchmarks.markdown import Row, markdown_table
from web.settings import ROOT

STORE = CACHE / "figures.json"
PAGE = ROOT / "docs" / "experiments" / "2026-11-27-detection.md"
TITLE = """\
# Detection and tracking

For developers who change the detector, the tracker or the quality gate: who is found, followed and
judged, before and after. `python -m benchmarks.detection --write` writes this page."""
METHOD = """\
Both versions see the same encoded frames, through the library, with the detector that a fresh
`make run` has. Frames have a camera's noise and are JPEGs of quality 80.

- Real scenes are the validation rows of `scenes.zip`. YuNet, in the image and at twice its size,
  says which faces there are (score 0.85) and which boxes show none (no face with score 0.6). Sizes
  are shares of the image's longer side. The goals are the shares that the issue asks for.
- The other scenes are drawn from four webcam clips and from validation faces of FairFace, UTKFace
  and FER+, with fixed seeds. The counts say how many cases were shown: `--step N` shows every Nth.
- The goal of a row is what issue 14 asks for."""

Stored = dict[str, dict[str, list[dict[str, str]]]]
"""Scenario -> version -> figures."""


def load() -> Stored:
    """Returns the figures of all scenarios that have been measured here."""
    stored: Stored = json.loads(STORE.read_text(encoding="utf-8")) if STORE.is_file() else {}
    return stored


def save(scenario: str, version: str, figures: Sequence[Figure]) -> None:
    """Keeps the figures of a version in `.cache`."""
    stored = load()
    stored.setdefault(scenario, {})[version] = [asdict(figure) for figure in figures]
    STORE.parent.mkdir(parents=True, exist_ok=True)
    STORE.write_text(json.dumps(stored, indent=1), encoding="utf-8")


def table(versions: Mapping[str, Sequence[Mapping[str, str]]]) -> str:
    """Formats the figures of one scenario."""
    before, after = (
        {figure["name"]: figure for figure in versions.get(version, ())}
        for version in (BASE, "now")
    )
    rows: list[Row] = [
        {
            "figure": name,
            BASE: before[name]["value"] if name in before else "",
            "now": after[name]["value"] if name in after else "",
            "goal": (after | before)[name]["goal"],
        }
        for name in before | after
    ]
    return markdown_table(rows)


def paragraphs(titles: Mapping[str, str], commit: str) -> Iterator[str]:
    """Yields the paragraphs of the page.

    Args:
        titles: Scenario -> heading.
        commit: Commit of this checkout.
    """
    stored = load()
    yield TITLE
    yield f"Machine: {describe_machine()}. Commits: {BASE} and {commit} (now)."
    yield METHOD
    for scenario, title in titles.items():
        if scenario in stored:
            yield f"## {title}"
            yield table(stored[scenario])
