"""Files of a model's training."""

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
    """The folder of one training stage.

    Attributes:
        model: Name of the model, with `/pretrain` or `/finetune` for such a stage.
        cache: Folder of all trainings.
    """

    model: str
    cache: Path = CACHE

    @property
    def path(self) -> Path:
        """The folder itself."""
        return self.cache / self.model

    @property
    def pretrain(self) -> RunDir:
        """Folder of the pretraining stage."""
        return RunDir(f"{self.model}/pretrain", self.cache)

    @property
    def finetune(self) -> RunDir:
        """Folder of the finetuning stage."""
        return RunDir(f"{self.model}/finetune", self.cache)

    @property
    def faces(self) -> Path:
        """Folder of the aligned data sets, which all models share."""
        return self.cache / "faces"

    @property
    def weights(self) -> Path:
        """The averaged weights after the last finished epoch."""
        return self.path / "averaged.weights.h5"

    @property
    def log(self) -> Path:
        """The log, one JSON object per line and epoch."""
        return self.path / "log.jsonl"

    @property
    def calibration(self) -> Path:
        """The result of the command `calibrate`."""
        return self.path / "calibration.json"

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Makes other processes wait, since two trainings may depend on the same third one."""
        self.path.mkdir(parents=True, exist_ok=True)
        with (self.path / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def start_or_resume(self, recipe: str) -> None:
        """Notes the recipe of a new training, or checks that of the training to continue.

        Raises:
            SystemExit: The folder holds a training with another recipe.
        """
        started = self.path / "recipe.txt"
        known = started.read_text(encoding="utf-8") if started.is_file() else ""
        if self.log.is_file() and known != recipe:
            raise SystemExit(
                f"{self.path} holds a training with another recipe. Move the folder away, or "
                "start again with --fresh."
            )
        started.write_text(recipe, encoding="utf-8")

    def read_log(self) -> list[dict[str, Any]]:
        """The entries of the log; empty before the first epoch has finished."""
        lines = self.log.read_text(encoding="utf-8").splitlines() if self.log.is_file() else []
        return [json.loads(line) for line in lines]

    def append_log(self, entry: dict[str, Any]) -> None:
        """Adds the entry of an epoch, and drops entries of an earlier attempt at it."""
        kept = [line for line in self.read_log() if line["epoch"] < entry["epoch"]]
        lines = [json.dumps(line) + "\n" for line in [*kept, entry]]
        self.log.write_text("".join(lines), encoding="utf-8")
