"""What a model was made of: its trainings and its calibration, kept inside its SavedModel.

The folder that a model was trained in stays on one machine. This travels with the weights, so that
a model can be measured again, and its card written, wherever it lies.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from serving.training.calibration import Calibration
from serving.training.commands import Job

FILE = Path("assets.extra") / "history.json"
"""Inside a SavedModel; the runtimes leave alone what lies in that folder."""


@dataclass(frozen=True)
class Training:
    """One training and what it took.

    Attributes:
        size: Side of its crops.
        epochs: Passes over the data.
        minutes: How long they took.
        log: An entry for each epoch, or none where the log was lost.
    """

    size: int
    epochs: int
    minutes: float
    log: list[dict[str, Any]]


@dataclass(frozen=True)
class History:
    """How a model came to be.

    Attributes:
        calibration: What is built into it after its logits.
        trainings: In the order of their work: the first ones, its own, the short one at the end.
    """

    calibration: Calibration
    trainings: list[Training]

    def save(self, folder: Path) -> None:
        """Writes it into a SavedModel folder."""
        path = folder / FILE
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(asdict(self), indent=1) + "\n", encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> History:
        """Reads what `save` wrote."""
        told = json.loads((folder / FILE).read_text(encoding="utf-8"))
        trainings = [Training(**training) for training in told["trainings"]]
        return cls(Calibration(**told["calibration"]), trainings)


def build_history(task: Job) -> History:
    """The history of a trained and calibrated model; a training that also teaches counts once."""
    stages = [task.pretraining(), *task.teachers(), task, task.finetuning()]
    jobs = {stage.run_dir: stage for stage in stages if stage}
    trainings = [_training(stage) for stage in jobs.values()]
    return History(Calibration.load(task.run_dir.calibration), trainings)


def _training(task: Job) -> Training:
    log = task.run_dir.read_log()
    minutes = sum(float(entry["seconds"]) for entry in log) / 60
    return Training(task.spec.size, len(log), minutes, log)
