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

from benchmarks.machine import describe_machine
from benchmarks.peers.file_protocol import OWN, Answer, Answers, write_pictures
from benchmarks.peers.packages import install
from benchmarks.peers.report import markdown
from benchmarks.peers.samples import FACES, draw, found, framings
from benchmarks.peers.scores import completed, judge
from benchmarks.peers.systems import MIEN, SYSTEMS, System, ask
from serving.training.faces import Faces
from serving.training.report_values import write_report
from serving.training.run_dir import CACHE, DATA
from web.settings import ROOT

PEERS = Path(".cache/peers")
DOCS = ROOT / "docs" / "experiments"


def main() -> None:
    """Draws the faces, asks every system, judges the answers and writes the page."""
    options = _parser().parse_args()
    peers = options.peers.resolve()
    install(peers)
    tested = {}
    for source, count in FACES.items():
        drawn = draw(source, options.faces or count, options.seed, options.data, CACHE / "faces")
        tested[source] = drawn
    report = {
        "machine": describe_machine(),
        "seed": options.seed,
        "faces": {source: len(faces) for source, faces in tested.items()},
        "systems": _compare(tested, peers),
    }
    write_report(options.docs / "comparison.json", report)
    (options.docs / "comparison.md").write_text(markdown(report), encoding="utf-8")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Compare Mien with its peers.")
    add = parser.add_argument
    add("--faces", type=int, help=f"faces of each data set at most ({FACES})")
    add("--seed", type=int, default=0, help="of the draw (%(default)s)")
    add("--data", type=Path, default=DATA, help="folder with the data sets (%(default)s)")
    add("--peers", type=Path, default=PEERS, help="where the peers go (%(default)s)")
    add("--docs", type=Path, default=DOCS, help="where the page goes (%(default)s)")
    return parser


def _compare(tested: dict[str, Faces], packages: Path) -> list[dict[str, Any]]:
    with tempfile.TemporaryDirectory() as folder:
        pictures = [part for faces in tested.values() for part in framings(faces)]
        write_pictures(Path(folder), pictures)
        return [_measure(system, tested, Path(folder), packages) for system in SYSTEMS]


def _measure(
    system: System, tested: dict[str, Faces], pictures: Path, packages: Path
) -> dict[str, Any]:
    """What is known of a system in the end; of one that fails, why."""
    print(f"asking {system.name} ...", file=sys.stderr)
    try:
        answers = ask(system, pictures, packages)
    except (subprocess.SubprocessError, OSError) as error:
        print((getattr(error, "stderr", None) or b"").decode(), file=sys.stderr)
        return {"name": system.name, "failed": type(error).__name__}
    return {
        "name": system.name,
        "runtime": system.runtime,
        "licence": system.licence,
        "preprocessing": system.preprocessing,
        "peak_mib": answers.peak_mib,
        "nets": [asdict(net) for net in answers.nets],
        "found": _found(system, tested, answers),
        "quality": {source: _quality(tested[source], by) for source, by in answers.faces.items()},
    }


def _quality(faces: Faces, by_framing: dict[str, list[Answer]]) -> dict[str, Any]:
    return {framing: judge(faces, answers) for framing, answers in completed(by_framing).items()}


def _found(system: System, tested: dict[str, Faces], answers: Answers) -> dict[str, float]:
    """Share of the faces that the system's own detector finds."""
    if system is MIEN:
        return {source: found(faces) for source, faces in tested.items()}
    return {
        source: sum(map(bool, by_framing[OWN])) / len(by_framing[OWN])
        for source, by_framing in answers.faces.items()
        if OWN in by_framing
    }


if __name__ == "__main__":
    main()
