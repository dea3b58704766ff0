"""Where a model's training keeps its files."""

from __future__ import annotations

import fcntl
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

CACHE = Path(".cache/training")
DATA = Path("../shared/data")


@dataclass(frozen=True)
class Workspace:
    """The files of one model's training.

    Attributes:
        model: Name of the model.
        cache: Folder of all trainings.
    """

    model: str
    cache: Path = CACHE

    @property
    def folder(self) -> Path:
        """Folder of this training."""
        return self.cache / self.model

    @property
    def first(self) -> Workspace:
        """Files of the training on smaller crops that comes before this one."""
        return Workspace(f"{self.model}/first", self.cache)

    @property
    def last(self) -> Workspace:
        """Files of the short training that comes after this one."""
        return Workspace(f"{self.model}/last", self.cache)

    @property
    def faces(self) -> Path:
        """Folder of the framed data sets, shared by all models."""
        return self.cache / "faces"

    @property
    def weights(self) -> Path:
        """The averaged weights after the last finished epoch."""
        return self.folder / "averaged.weights.h5"

    @property
    def log(self) -> Path:
        """One JSON object per epoch and line."""
        return self.folder / "log.jsonl"

    @property
    def calibration(self) -> Path:
        """What `calibrate` found."""
        return self.folder / "calibration.json"

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keeps other processes out, which wait: two trainings at once may build upon a third."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def begin(self, recipe: str) -> None:
        """Starts a training here, or goes on with it.

        Raises:
            SystemExit: What lies here was trained by another recipe.
        """
        started = self.folder / "recipe.txt"
        known = started.read_text(encoding="utf-8") if started.is_file() else ""
        if self.log.is_file() and known != recipe:
            raise SystemExit(f"{self.folder}: another recipe trained here; move it away")
        started.write_text(recipe, encoding="utf-8")

    def read_log(self) -> list[dict[str, Any]]:
        """The lines of the log; none before the first epoch."""
        lines = self.log.read_text(encoding="utf-8").splitlines() if self.log.is_file() else []
        return [json.loads(line) for line in lines]

    def append_log(self, entry: dict[str, Any]) -> None:
        """Adds the line of an epoch, in place of those of an earlier try at it."""
        kept = [line for line in self.read_log() if line["epoch"] < entry["epoch"]]
        lines = [json.dumps(line) + "\n" for line in [*kept, entry]]
        self.log.write_text("".join(lines), encoding="utf-8")
