"""History of a model: its trainings and its calibration, stored inside its SavedModel.

The run directory stays on the machine that trained. The history travels with the weights, so that
a model can be evaluated again and its card written on any machine.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from serving.training.calibration import Calibration
from serving.training.job import Job

FILE = Path("assets.extra") / "history.json"
"""Path inside a SavedModel. The runtimes ignore this folder."""


@dataclass(frozen=True)
class Training:
    """One finished training stage.

    Attributes:
        size: Side of its crops.
        epochs: Passes over the data.
        minutes: How long they took.
        log: One entry per epoch; empty if the log was lost.
    """

    size: int
    epochs: int
    minutes: float
    log: list[dict[str, Any]]


@dataclass(frozen=True)
class History:
    """How a model was made.

    Attributes:
        calibration: Parameters that the model applies to its logits.
        trainings: All stages in order: pretraining, teachers, main training, finetuning.
    """

    calibration: Calibration
    trainings: list[Training]

    def save(self, folder: Path) -> None:
        """Writes the history into a SavedModel folder."""
        path = folder / FILE
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(asdict(self), indent=1) + "\n", encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> History:
        """Reads the history from a SavedModel folder."""
        values = json.loads((folder / FILE).read_text(encoding="utf-8"))
        trainings = [Training(**training) for training in values["trainings"]]
        return cls(Calibration(**values["calibration"]), trainings)


def build_history(job: Job) -> History:
    """Collects the history of a trained and calibrated model.

    A pretraining stage that is also a teacher counts once.
    """
    stages = [job.pretraining(), *job.teachers(), job, job.finetuning()]
    jobs = {stage.run_dir: stage for stage in stages if stage}
    trainings = [_training(stage) for stage in jobs.values()]
    return History(Calibration.load(job.run_dir.calibration), trainings)


def _training(job: Job) -> Training:
    log = job.run_dir.read_log()
    minutes = sum(float(entry["seconds"]) for entry in log) / 60
    return Training(job.spec.size, len(log), minutes, log)
