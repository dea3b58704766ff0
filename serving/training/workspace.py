"""Where a model's training keeps its files."""

from __future__ import annotations

import json
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

    def read_log(self) -> list[dict[str, Any]]:
        """The lines of the log; none before the first epoch."""
        lines = self.log.read_text(encoding="utf-8").splitlines() if self.log.is_file() else []
        return [json.loads(line) for line in lines]

    def append_log(self, entry: dict[str, Any]) -> None:
        """Adds a line to the log."""
        with self.log.open("a", encoding="utf-8") as log:
            log.write(json.dumps(entry) + "\n")
