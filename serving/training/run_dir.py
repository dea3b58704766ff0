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
class RunDir:
    """The files of one model's training.

    Attributes:
        model: Name of the model.
        cache: Folder of all trainings.
    """

    model: str
    cache: Path = CACHE

    @property
    def path(self) -> Path:
        """Folder of this training."""
        return self.cache / self.model

    @property
    def pretrain(self) -> RunDir:
        """Files of the training on smaller crops that comes before this one."""
        return RunDir(f"{self.model}/pretrain", self.cache)

    @property
    def finetune(self) -> RunDir:
        """Files of the short training that comes after this one."""
        return RunDir(f"{self.model}/finetune", self.cache)

    @property
    def faces(self) -> Path:
        """Folder of the framed data sets, shared by all models."""
        return self.cache / "faces"

    @property
    def weights(self) -> Path:
        """The averaged weights after the last finished epoch."""
        return self.path / "averaged.weights.h5"

    @property
    def log(self) -> Path:
        """One JSON object per epoch and line."""
        return self.path / "log.jsonl"

    @property
    def calibration(self) -> Path:
        """What `calibrate` found."""
        return self.path / "calibration.json"

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keeps other processes out, which wait: two trainings at once may build upon a third."""
        self.path.mkdir(parents=True, exist_ok=True)
        with (self.path / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def begin(self, recipe: str) -> None:
        """Starts a training here, or goes on with it.

        Raises:
            SystemExit: What lies here was trained by another recipe.
        """
        started = self.path / "recipe.txt"
        known = started.read_text(encoding="utf-8") if started.is_file() else ""
        if self.log.is_file() and known != recipe:
            raise SystemExit(f"{self.path}: another recipe trained here; move it away")
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
