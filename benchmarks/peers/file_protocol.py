"""What parent and systems exchange: a folder of raw pictures, and a JSON file of answers.

Both are easy to read and write from any language; Node reads the same files (`tfjs.mjs`).
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

WHOLE, CROP, OWN = "whole", "crop", "own"
"""The data set's own picture; Mien's crop; the peer's own detector and crop."""

EMOTION, AGE_GENDER = "emotion", "age and gender"
"""What is asked about a picture."""

LIST = "pictures.json"

Answer = dict[str, Any]
"""`emotion`, or `years` and `gender`, in the system's own words; empty: no face was found."""


@dataclass(frozen=True)
class Pictures:
    """Pictures of one data set in one framing, all of one size.

    Attributes:
        source: Name of the data set.
        framing: `WHOLE` or `CROP`.
        asked: `EMOTION` or `AGE_GENDER`.
        images: `(n, side, side)` uint8 grey.
        squares: `(n, 4)` the faces in the whole pictures, as `Faces.squares` has them.
    """

    source: str
    framing: str
    asked: str
    images: NDArray[np.uint8]
    squares: NDArray[np.float32]


@dataclass(frozen=True)
class Net:
    """One network of a system.

    Attributes:
        name: What it answers.
        parameters: Number of its weights.
        megabytes: Size of its files, in millions of bytes.
        milliseconds: Processor time from a face's picture to its answer, median, one thread.
    """

    name: str
    parameters: int
    megabytes: float
    milliseconds: float


@dataclass(frozen=True)
class Answers:
    """All that a system says.

    Attributes:
        faces: By data set and framing, an answer for each picture.
        nets: Its networks.
        peak_mib: Most memory that its process had, in MiB.
    """

    faces: dict[str, dict[str, list[Answer]]] = field(default_factory=dict)
    nets: list[Net] = field(default_factory=list)
    peak_mib: float = 0.0


def write_pictures(folder: Path, sets: list[Pictures]) -> None:
    """Writes pictures as raw bytes, with a list of them."""
    entries = []
    for pictures in sets:
        file = f"{pictures.source}-{pictures.framing}.bin"
        pictures.images.tofile(folder / file)
        entry = {key: getattr(pictures, key) for key in ("source", "framing", "asked")}
        entry |= {"file": file, "side": pictures.images.shape[1], "count": len(pictures.images)}
        entries.append({**entry, "squares": pictures.squares.tolist()})
    (folder / LIST).write_text(json.dumps(entries), encoding="utf-8")


def read_pictures(folder: Path) -> Iterator[Pictures]:
    """Reads what `write_pictures` wrote."""
    for entry in json.loads((folder / LIST).read_text(encoding="utf-8")):
        raw = np.fromfile(folder / entry["file"], np.uint8)
        yield Pictures(
            source=entry["source"],
            framing=entry["framing"],
            asked=entry["asked"],
            images=raw.reshape(entry["count"], entry["side"], entry["side"]),
            squares=np.array(entry["squares"], np.float32),
        )


def write_answers(path: Path, answers: Answers) -> None:
    """Writes answers as JSON."""
    path.write_text(json.dumps(asdict(answers)), encoding="utf-8")


def read_answers(path: Path) -> Answers:
    """Reads answers from JSON."""
    values = json.loads(path.read_text(encoding="utf-8"))
    nets = [Net(**net) for net in values["nets"]]
    return Answers(values["faces"], nets, values["peak_mib"])


@contextmanager
def timed(milliseconds: list[float]) -> Iterator[None]:
    """Notes the processor time of what is done within; other processes hardly change it."""
    start = time.process_time()
    yield
    milliseconds.append((time.process_time() - start) * 1e3)


def peak_mib() -> float:
    """Most memory that this process has had, in MiB; 0 where the system does not tell."""
    status = Path("/proc/self/status")
    lines = status.read_text(encoding="utf-8").splitlines() if status.is_file() else []
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM")), 0.0)
