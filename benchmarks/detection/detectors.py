"""Compares detectors on real scenes.

python -m benchmarks.detection.detectors                     the default detector
python -m benchmarks.detection.detectors --detector yunet    YuNet as Mien runs it
python -m benchmarks.detection.detectors --network FILE      the file of a network
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import get_args

import cv2

from benchmarks.detection.matching import Tally
from benchmarks.detection.network_file import NetworkFile
from benchmarks.detection.reference import YUNET
from benchmarks.detection.scenes import Detect, load_scenes, sweep, to_row
from benchmarks.markdown import Row, markdown_table
from face_utils.detectors import DetectorChoice
from face_utils.detectors.factory import build_detector
from face_utils.detectors.files import blazeface_file
from serving.training.run_dir import DATA

THRESHOLDS = (0.4, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8)


def main() -> None:
    """The command line."""
    options = _parser().parse_args()
    cv2.setNumThreads(1)
    scenes = load_scenes(options.data, options.yunet)
    print(f"{len(scenes)} scenes", flush=True)
    for name, detect, thresholds in _detectors(options):
        tallies = sweep(detect, thresholds, scenes)
        rows = [
            _row(name, threshold, tally)
            for threshold, tally in zip(thresholds, tallies, strict=True)
        ]
        print(markdown_table(rows), end="\n\n", flush=True)


def _row(name: str, threshold: float, tally: Tally) -> Row:
    row: Row = {"detector": name, "threshold": f"{threshold:g}"}
    return row | to_row(tally)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add = parser.add_argument
    add("--data", type=Path, default=DATA, help="folder with the data sets (%(default)s)")
    add("--yunet", type=Path, default=YUNET, help="YuNet's model file (%(default)s)")
    add("--detector", choices=get_args(DetectorChoice), default="auto", help="detector of Mien")
    add("--network", type=Path, help="file of a network to use instead of Mien's detector")
    add("--widths", type=int, nargs="+", default=[320, 480], help="input widths of the network")
    add("--thresholds", type=float, nargs="+", default=THRESHOLDS, help="scores to count from")
    return parser


def _detectors(options: argparse.Namespace) -> list[tuple[str, Detect, Sequence[float]]]:
    """Name, detector and thresholds of each run."""
    if options.network is None:
        yunet = options.yunet if options.detector == "yunet" else None
        pool = build_detector(options.detector, blazeface_file(), yunet)
        return [(pool.name, pool.detect, [0.0])]
    lowest = min(options.thresholds)
    return [
        (
            f"{options.network.stem} on {width}",
            NetworkFile(options.network, width, lowest).detect,
            options.thresholds,
        )
        for width in options.widths
    ]


if __name__ == "__main__":
    main()
