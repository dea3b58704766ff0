"""Compares Mien with its peers and writes `comparison.md` and `.json` in `docs/experiments/`.

python -m benchmarks.peers
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

from benchmarks.machine import describe_date, describe_machine
from benchmarks.peers.file_protocol import OWN, Prediction, Results, write_images
from benchmarks.peers.packages import install
from benchmarks.peers.report import to_markdown
from benchmarks.peers.samples import FACES, detected_share, draw, image_sets
from benchmarks.peers.scores import fill_missing, score_predictions
from benchmarks.peers.systems import MIEN, SYSTEMS, System, run
from serving.training.faces import Faces
from serving.training.report_values import write_report
from serving.training.run_dir import CACHE, DATA
from web.settings import ROOT

PEERS = Path(".cache/peers")
DOCS = ROOT / "docs" / "experiments"


def main() -> None:
    """Draws the faces, runs every system, scores the predictions and writes the page."""
    options = _parser().parse_args()
    peers = options.peers.resolve()
    install(peers)
    tested = {}
    for source, count in FACES.items():
        drawn = draw(source, options.faces or count, options.seed, options.data, CACHE / "faces")
        tested[source] = drawn
    report = {
        "machine": f"{describe_machine()}, {describe_date()}",
        "seed": options.seed,
        "faces": {source: len(faces) for source, faces in tested.items()},
        "systems": _compare(tested, peers),
    }
    write_report(options.docs / "comparison.json", report)
    (options.docs / "comparison.md").write_text(to_markdown(report), encoding="utf-8")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Compare Mien with its peers.")
    add = parser.add_argument
    add("--faces", type=int, help=f"maximum number of faces per data set ({FACES})")
    add("--seed", type=int, default=0, help="seed of the random sample (%(default)s)")
    add("--data", type=Path, default=DATA, help="folder with the data sets (%(default)s)")
    add("--peers", type=Path, default=PEERS, help="folder for the peers (%(default)s)")
    add("--docs", type=Path, default=DOCS, help="folder for the page (%(default)s)")
    return parser


def _compare(tested: dict[str, Faces], packages: Path) -> list[dict[str, Any]]:
    with tempfile.TemporaryDirectory() as folder:
        write_images(Path(folder), [s for faces in tested.values() for s in image_sets(faces)])
        return [_measure(system, tested, Path(folder), packages) for system in SYSTEMS]


def _measure(
    system: System, tested: dict[str, Faces], images: Path, packages: Path
) -> dict[str, Any]:
    """Returns the report of one system, or why it failed."""
    print(f"Running {system.name}", file=sys.stderr)
    try:
        results = run(system, images, packages)
    except (subprocess.SubprocessError, OSError) as error:
        print((getattr(error, "stderr", None) or b"").decode(), file=sys.stderr)
        return {"name": system.name, "failed": type(error).__name__}
    return {
        "name": system.name,
        "runtime": system.runtime,
        "licence": system.licence,
        "preprocessing": system.preprocessing,
        "peak_mib": results.peak_mib,
        "networks": [asdict(network) for network in results.networks],
        "detected": _detected(system, tested, results),
        "quality": {s: _quality(tested[s], each) for s, each in results.predictions.items()},
    }


def _quality(faces: Faces, by_input: dict[str, list[Prediction]]) -> dict[str, Any]:
    return {name: score_predictions(faces, each) for name, each in fill_missing(by_input).items()}


def _detected(system: System, tested: dict[str, Faces], results: Results) -> dict[str, float]:
    """Returns the share of faces that the system's own detector finds."""
    if system is MIEN:
        return {source: detected_share(faces) for source, faces in tested.items()}
    return {
        source: sum(map(bool, by_input[OWN])) / len(by_input[OWN])
        for source, by_input in results.predictions.items()
        if OWN in by_input
    }


if __name__ == "__main__":
    main()
