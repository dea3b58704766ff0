"""File protocol between the benchmark and the systems: raw images in, predictions as JSON out.

Both are easy to read and write in any language. `tfjs.mjs` is the implementation for Node.
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
"""Inputs: the data set's image, Mien's crop, the peer's own detection and crop."""

EMOTION, AGE_GENDER = "emotion", "age and gender"
"""Tasks."""

LIST = "images.json"

Prediction = dict[str, Any]
"""`emotion`, or `years` and `gender`, in the system's own words. Empty: no face was detected."""


@dataclass(frozen=True)
class ImageSet:
    """Images of one data set and one input, all of one size.

    Attributes:
        source: Name of the data set.
        input: `WHOLE` or `CROP`.
        task: `EMOTION` or `AGE_GENDER`.
        images: `(n, side, side)` uint8 grey.
        squares: `(n, 4)` the faces in the whole images, as in `Faces.squares`.
    """

    source: str
    input: str
    task: str
    images: NDArray[np.uint8]
    squares: NDArray[np.float32]


@dataclass(frozen=True)
class NetworkCost:
    """Size and time of one network of a system.

    Attributes:
        name: What it predicts.
        parameters: Number of weights.
        megabytes: Size of its files, in millions of bytes.
        milliseconds: Median CPU time from image to prediction, on one thread.
    """

    name: str
    parameters: int
    megabytes: float
    milliseconds: float


@dataclass(frozen=True)
class Results:
    """Everything that a system returns.

    Attributes:
        predictions: By data set and input, one prediction per image.
        networks: Cost of its networks.
        peak_mib: Peak memory of its process in MiB.
    """

    predictions: dict[str, dict[str, list[Prediction]]] = field(default_factory=dict)
    networks: list[NetworkCost] = field(default_factory=list)
    peak_mib: float = 0.0


def write_images(folder: Path, sets: list[ImageSet]) -> None:
    """Writes images as raw bytes, with a list of the files."""
    entries = []
    for each in sets:
        file = f"{each.source}-{each.input}.bin"
        each.images.tofile(folder / file)
        entry = {key: getattr(each, key) for key in ("source", "input", "task")}
        entry |= {"file": file, "side": each.images.shape[1], "count": len(each.images)}
        entries.append({**entry, "squares": each.squares.tolist()})
    (folder / LIST).write_text(json.dumps(entries), encoding="utf-8")


def read_images(folder: Path) -> Iterator[ImageSet]:
    """Reads the images that `write_images` wrote."""
    for entry in json.loads((folder / LIST).read_text(encoding="utf-8")):
        raw = np.fromfile(folder / entry["file"], np.uint8)
        yield ImageSet(
            source=entry["source"],
            input=entry["input"],
            task=entry["task"],
            images=raw.reshape(entry["count"], entry["side"], entry["side"]),
            squares=np.array(entry["squares"], np.float32),
        )


def write_results(path: Path, results: Results) -> None:
    """Writes results as JSON."""
    path.write_text(json.dumps(asdict(results)), encoding="utf-8")


def read_results(path: Path) -> Results:
    """Reads results from JSON."""
    values = json.loads(path.read_text(encoding="utf-8"))
    networks = [NetworkCost(**network) for network in values["networks"]]
    return Results(values["predictions"], networks, values["peak_mib"])


@contextmanager
def record_cpu_time(milliseconds: list[float]) -> Iterator[None]:
    """Appends the CPU time of the block, which other processes hardly affect."""
    start = time.process_time()
    yield
    milliseconds.append((time.process_time() - start) * 1e3)


def peak_mib() -> float:
    """Returns the peak memory of this process in MiB, or 0 if the system does not report it."""
    status = Path("/proc/self/status")
    lines = status.read_text(encoding="utf-8").splitlines() if status.is_file() else []
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM")), 0.0)
