"""Systems: the compared libraries, their terms, and how each is run."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from benchmarks.peers.file_protocol import Results, read_results
from benchmarks.peers.packages import environment, modules, program, wheels
from web.settings import ROOT

HERE = Path(__file__).parent
TIMEOUT_SECONDS = 3600


@dataclass(frozen=True)
class System:
    """A compared library.

    Attributes:
        name: Name in the tables.
        script: Python module or Node script, with its first arguments.
        runtime: Runtime of its networks.
        licence: Licence of code and weights, as far as stated.
        preprocessing: How its own code prepares a face.
    """

    name: str
    script: tuple[str, ...]
    runtime: str
    licence: str
    preprocessing: str

    @property
    def is_from_npm(self) -> bool:
        """Whether Node runs it."""
        return self.script[0].endswith(".mjs")


MIEN = System(
    "Mien",
    ("benchmarks.peers.mien",),
    "OpenVINO",
    "code of this project; weights as their data, non-commercial research",
    "upright square of the detected face with a margin, grey, area-averaged to the models' size",
)
SYSTEMS = (
    MIEN,
    System(
        "mini-XCEPTION (reference)",
        ("benchmarks.peers.fer", "keras"),
        "TensorFlow",
        "MIT (code); FER2013 pictures for research",
        "grey, bilinear to 64 x 64, -1 to 1",
    ),
    System(
        "fer 25.10.3, its default",
        ("benchmarks.peers.fer", "tflite"),
        "TensorFlow Lite",
        "MIT (code); FER2013 pictures for research",
        "the same weights in 8 bits, the same preprocessing",
    ),
    System(
        "@vladmandic/face-api 1.7.15",
        ("face_api.mjs",),
        "TensorFlow.js, WebAssembly",
        "MIT (code); public data and pictures from the web",
        "padded to a square, bilinear to 112 x 112, mean colour subtracted; `own` detects the face "
        "with its Tiny Face Detector and aligns it by 68 landmarks",
    ),
    System(
        "@vladmandic/human 3.3.6",
        ("human.mjs",),
        "TensorFlow.js, WebAssembly",
        "MIT (code); data not stated",
        "bilinear to 64 x 64 grey (emotion) and 224 x 224 (age and gender); `own` detects the "
        "face with its BlazeFace and crops 1.4 times its box",
    ),
)


def run(system: System, images: Path, packages: Path) -> Results:
    """Runs a system on a folder of images, in a separate process.

    Raises:
        subprocess.SubprocessError: It failed or took too long. Its `stderr` says why.
        FileNotFoundError: Node is not installed.
    """
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "results.json"
        command = [*_command(system, packages), images, target]
        subprocess.run(
            command,
            check=True,
            cwd=ROOT,
            env=environment(),
            stderr=subprocess.PIPE,  # TensorFlow writes log messages.
            timeout=TIMEOUT_SECONDS,
        )
        return read_results(target)


def _command(system: System, packages: Path) -> list[str | Path]:
    if system.is_from_npm:
        return [program("node"), HERE / system.script[0], modules(packages)]
    module, *form = system.script
    return [sys.executable, "-m", module, *form, *([wheels(packages)] if form else [])]
