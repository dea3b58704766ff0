"""Measures who is found, followed and judged, with commit 5fc0e01 and with this checkout.

python -m benchmarks.detection                      all scenarios with both versions
python -m benchmarks.detection groups --only now    one scenario with this checkout
python -m benchmarks.detection --write              also write the page
python -m benchmarks.detection.detectors --help  compare detectors on real scenes
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import cv2

from benchmarks.detection import report
from benchmarks.detection.figure import Figure
from benchmarks.detection.scenarios import (
    absence,
    accuracy,
    close_up,
    crossings,
    groups,
    light,
    max_faces,
    motion,
    scenes,
    unusual,
)
from benchmarks.detection.version import BASE, Version, base_folder, describe_present, running
from web.settings import ROOT

SCENARIOS: dict[str, tuple[str, Callable[[Version, int], Iterator[Figure]]]] = {
    "scenes": ("Real scenes", scenes.measure),
    "close_up": ("A close-up and a small second face", close_up.measure),
    "groups": ("Groups", groups.measure),
    "max_faces": ("More people than `max_faces`", max_faces.measure),
    "absence": ("Covered or out of view", absence.measure),
    "crossings": ("Two people who cross", crossings.measure),
    "unusual": ("Pixelated, drawn and turned faces", unusual.measure),
    "light": ("Dim light", light.measure),
    "motion": ("Single people", motion.measure),
    "accuracy": ("Accuracy of the models through the whole path", accuracy.measure),
}


def main() -> None:
    """The command line."""
    options = _parser().parse_args()
    cv2.setNumThreads(1)
    for name in options.scenarios or SCENARIOS:
        for version in [options.only] if options.only else [BASE, "now"]:
            _measure(name, version, options)
        print(report.table(report.load()[name]), end="\n\n", flush=True)
    if options.write:
        titles = {name: title for name, (title, _) in SCENARIOS.items()}
        text = "\n\n".join(report.paragraphs(titles, describe_present()))
        report.PAGE.write_text(text + "\n", encoding="utf-8")


def _measure(scenario: str, name: str, options: argparse.Namespace) -> None:
    start = time.monotonic()
    figures: list[Figure] = []
    folder, yunet = (base_folder(), None) if name == BASE else (ROOT, options.yunet)
    with running(folder, name, yunet) as version:
        for figure in SCENARIOS[scenario][1](version, options.step):
            figures.append(figure)
            print(f"{name}: {figure.name}: {figure.value}", flush=True)
    report.save(scenario, name, figures)
    print(f"{scenario}, {name}: {time.monotonic() - start:.0f} s", flush=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add = parser.add_argument
    add("scenarios", nargs="*", choices=[*SCENARIOS, []], help="what to measure (all)")
    add("--only", choices=[BASE, "now"], help="measure one version; keep the other's figures")
    add("--step", type=int, default=1, help="measure every Nth case only (%(default)s)")
    add("--yunet", type=Path, help="YuNet's file, to use it in this checkout")
    add("--write", action="store_true", help=f"write {report.PAGE.relative_to(ROOT)} too")
    return parser


if __name__ == "__main__":
    main()
