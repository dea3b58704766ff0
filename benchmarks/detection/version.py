"""The two versions of Mien that are compared, each in a process of its own."""

from __future__ import annotations

import io
import os
import pickle
import subprocess
import sys
import tarfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.detection.reference import CACHE
from face_utils.boxes import FloatArray
from face_utils.detectors.files import blazeface_file
from web.settings import ROOT

BASE = "5fc0e01"
_WORKER = Path(__file__).with_name("worker.py")


@dataclass(frozen=True, eq=False)
class SeenFace:
    """A face that a version found.

    Attributes:
        id: Its track.
        box: `(4,)` pixels of the frame.
        landmarks: `(4, 2)` right eye, left eye, nose and mouth, or None.
        reasons: Why it is not judged; empty for a face with predictions.
        predictions: Model -> probabilities by label, or the value of a regression.
    """

    id: int
    box: FloatArray
    landmarks: FloatArray | None
    reasons: tuple[str, ...]
    predictions: dict[str, Any]

    @property
    def judged(self) -> bool:
        """Whether the face gets predictions."""
        return not self.reasons

    @property
    def roll(self) -> float:
        """Angle of the line through the eyes in degrees, 0 if it is unknown."""
        if self.landmarks is None:
            return 0.0
        dx, dy = self.landmarks[1] - self.landmarks[0]
        return float(np.degrees(np.arctan2(dy, dx)))


Film = Iterable[tuple[bytes, float]]
"""Encoded frames with their times in seconds."""


class Version:
    """A version of Mien that analyzes frames in another process."""

    def __init__(self, name: str, process: subprocess.Popen[bytes]) -> None:
        self.name = name
        self._process = process

    def watch(self, film: Film, max_faces: int = 100) -> Iterator[list[SeenFace]]:
        """Analyzes a film in a new session and yields the faces of each frame."""
        self._call("open", max_faces)
        for data, time in film:
            yield [_face(each) for each in self._call("frame", data, time)]

    def last_frame(self, film: Film, max_faces: int = 100) -> list[SeenFace]:
        """Analyzes a film and returns the faces of its last frame."""
        return list(self.watch(film, max_faces))[-1]

    def still(self, data: bytes) -> list[SeenFace]:
        """Finds the faces of a photo, without models."""
        return [_face(each) for each in self._call("still", data)]

    def photo(self, data: bytes) -> list[SeenFace]:
        """Analyzes a photo, with all models."""
        return [_face(each) for each in self._call("photo", data)]

    def _call(self, *request: object) -> Any:
        if self._process.stdin is None or self._process.stdout is None:
            raise ValueError("The process has no pipes.")
        self._process.stdin.write(pickle.dumps(request))
        self._process.stdin.flush()
        return pickle.load(self._process.stdout)


def _face(values: dict[str, Any]) -> SeenFace:
    points = values["landmarks"]
    return SeenFace(
        values["id"],
        np.array(values["box"], np.float32),
        None if points is None else np.array(points, np.float32),
        tuple(values["quality"]["reasons"]),
        values.get("predictions", {}),
    )


@contextmanager
def running(folder: Path, name: str, yunet: Path | None = None) -> Iterator[Version]:
    """Runs the version in a folder until the block ends.

    Args:
        folder: The source of the version.
        name: Its name.
        yunet: YuNet's file, to use it instead of the default detector.
    """
    environment = os.environ | {"PYTHONPATH": str(folder), "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-P", str(_WORKER), str(blazeface_file())]
    command += [str(yunet)] if yunet else []
    process = subprocess.Popen(
        command, cwd=folder, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    with process:
        try:
            yield Version(name, process)
        finally:
            process.kill()


def base_folder() -> Path:
    """Returns the source of the earlier commit, unpacked from Git once."""
    folder = ROOT / CACHE / BASE
    if not folder.is_dir():
        archive = subprocess.run(
            ["git", "archive", BASE], cwd=ROOT, check=True, stdout=subprocess.PIPE
        ).stdout
        with tarfile.open(fileobj=io.BytesIO(archive)) as files:
            files.extractall(folder, filter="data")
    return folder


def describe_present() -> str:
    """Returns the commit of this checkout, and whether it has changes."""
    command = ["git", "describe", "--always", "--dirty= with changes", "--exclude=*"]
    result = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)
    return result.stdout.strip()
