"""`make bench`: measures this checkout against an earlier commit, in turn."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import time

from benchmarks.speed.checkout import base_checkout, present_checkout
from benchmarks.speed.parts import FULL, PARTS, QUICK
from benchmarks.speed.report import paragraphs
from benchmarks.speed.rounds import Figures, prepare_cameras
from web.settings import ROOT

PAGE = ROOT / "docs" / "experiments" / "benchmark.md"


def main() -> None:
    """Measures both versions and prints the comparison as Markdown."""
    options = _parser().parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # Ends the child processes as well.
    versions = Figures(base_checkout()), Figures(present_checkout())
    effort = QUICK if options.quick else FULL
    load = os.getloadavg()[0]
    cameras = prepare_cameras()
    start = time.monotonic()
    for name in options.only or PARTS:
        PARTS[name](versions, cameras, effort)
        print(f"{name}: done after {time.monotonic() - start:.0f} s", file=sys.stderr)
    text = "\n\n".join(paragraphs(*versions, load))
    print(text)
    if options.write:
        PAGE.write_text(text + "\n", encoding="utf-8")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Measure Mien against an earlier version.")
    add = parser.add_argument
    add("--quick", action="store_true", help="take two minutes instead of seven")
    add("--only", action="append", choices=PARTS, help="measure only this part")
    add("--write", action="store_true", help=f"write {PAGE.relative_to(ROOT)} as well")
    return parser


if __name__ == "__main__":
    main()
