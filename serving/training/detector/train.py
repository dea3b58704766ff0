"""Trains face detectors by distillation: `python -m serving.training.detector.train --help`.

Several widths learn at once from the same pictures, because composing pictures and asking the
teacher costs as much as a student's step. A GPU shows each of three students 1,500 pictures a
second, a CPU core one student 25 (H100 and EPYC).
"""

from __future__ import annotations

import argparse
import copy
import json
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from serving.training.detector.degradation import cover, degrade
from serving.training.detector.losses import distillation_loss
from serving.training.detector.network import FaceNetwork, Width
from serving.training.detector.pictures import Sources, compose
from serving.training.detector.sources import read_sources
from serving.training.detector.teacher import Teacher

WEIGHTS = {"score": 1.0, "box": 2.0, "landmarks": 2.0}


@dataclass(frozen=True)
class Recipe:
    """How to train.

    Attributes:
        seconds: Duration. The learning rate falls with the time, not with the steps.
        batch: Pictures of a step.
        rate: Highest learning rate.
        decay: Weight decay.
        average: Share of the averaged weights that a step keeps.
        warmup: Share of the duration in which the rate rises.
        report: Seconds between two lines and checkpoints.
    """

    seconds: float
    batch: int = 16
    rate: float = 1.5e-3
    decay: float = 0.01
    average: float = 0.998
    warmup: float = 0.03
    report: float = 30.0


class Student:
    """A network that learns, its averaged weights and its optimizer."""

    def __init__(self, width: Width, recipe: Recipe, device: torch.device) -> None:
        self.width, self._recipe = width, recipe
        self.network = FaceNetwork(width).to(device, memory_format=torch.channels_last)
        self.average = copy.deepcopy(self.network).eval()
        self._optimizer = torch.optim.AdamW(
            self.network.parameters(), lr=recipe.rate, weight_decay=recipe.decay
        )
        self._steps = 0

    def load(self, file: Path) -> None:
        """Starts from the weights of a file."""
        with np.load(file) as arrays:
            weights = {name: torch.from_numpy(arrays[name]) for name in arrays.files}
        self.network.load_state_dict(weights)
        self.average.load_state_dict(weights)

    def learn(self, pictures: Tensor, targets: list[Tensor], rate: float) -> dict[str, Tensor]:
        """Does one step and returns its losses."""
        for group in self._optimizer.param_groups:
            group["lr"] = rate
        with torch.autocast("cuda", torch.bfloat16, enabled=pictures.is_cuda):
            maps = self.network(pictures)
        losses = distillation_loss(maps, targets)
        self._optimizer.zero_grad(set_to_none=True)
        torch.stack([WEIGHTS[name] * loss for name, loss in losses.items()]).sum().backward()
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), 5.0)
        self._optimizer.step()
        self._follow()
        return losses

    @torch.no_grad()
    def _follow(self) -> None:
        self._steps += 1
        keep = min(self._recipe.average, self._steps / (self._steps + 10))
        mine, theirs = self.average.state_dict(), self.network.state_dict()
        floats = [name for name, value in theirs.items() if value.is_floating_point()]
        torch._foreach_lerp_([mine[n] for n in floats], [theirs[n] for n in floats], 1 - keep)


def train(
    sources: Sources, teacher: Teacher, students: list[Student], recipe: Recipe, out: Path
) -> None:
    """Trains students until the time is over; saves them at every report."""
    start = reported = time.monotonic()
    steps, elapsed = 0, 0.0
    while elapsed < recipe.seconds:
        pictures, targets = _batch(sources, teacher, recipe.batch)
        rate = learning_rate(elapsed / recipe.seconds, recipe)
        losses = [student.learn(pictures, targets, rate) for student in students]
        steps, elapsed = steps + 1, time.monotonic() - start
        if time.monotonic() - reported > recipe.report or elapsed >= recipe.seconds:
            reported = time.monotonic()
            _report(steps, elapsed, recipe.batch, students, losses)
            save(students, out)


def learning_rate(progress: float, recipe: Recipe) -> float:
    """Linear warm-up, then a cosine to zero."""
    if progress < recipe.warmup:
        return recipe.rate * max(progress / recipe.warmup, 0.01)
    phase = (progress - recipe.warmup) / (1 - recipe.warmup)
    return recipe.rate * 0.5 * float(1 + torch.cos(torch.tensor(min(phase, 1.0) * torch.pi)))


@torch.no_grad()
def _batch(sources: Sources, teacher: Teacher, count: int) -> tuple[Tensor, list[Tensor]]:
    """Pictures, of which every other one is degraded, and the teacher's maps of the plain ones."""
    pictures = cover(compose(sources, count))
    targets = teacher(pictures)
    pictures[1::2] = degrade(pictures[1::2])
    return pictures.contiguous(memory_format=torch.channels_last), targets


def _report(
    steps: int,
    elapsed: float,
    batch: int,
    students: list[Student],
    losses: list[dict[str, Tensor]],
) -> None:
    print(f"{elapsed:6.0f} s, {steps} steps, {steps * batch / elapsed:.0f} pictures/s", flush=True)
    for student, parts in zip(students, losses, strict=True):
        print("   ", asdict(student.width), {k: round(v.item(), 4) for k, v in parts.items()})


def save(students: list[Student], out: Path) -> None:
    """Saves the averaged weights, one `.npz` file per student."""
    for student in students:
        name = "-".join(str(channels) for channels in asdict(student.width).values())
        weights = {key: value.cpu().numpy() for key, value in student.average.state_dict().items()}
        np.savez(out / f"detector-{name}.npz", **weights)


def main() -> None:
    """Reads the command line and trains."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scenes", type=Path, required=True)
    parser.add_argument("--faces", type=Path, required=True)
    parser.add_argument("--teacher", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--start", type=Path, help="weights to start from, for a single width")
    parser.add_argument("--seconds", type=float, default=540)
    parser.add_argument("--batch", type=int, default=Recipe.batch)
    parser.add_argument("--widths", type=json.loads, default=[[16, 32, 64]])
    arguments = parser.parse_args()
    torch.manual_seed(0)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    sources = read_sources(arguments.scenes, arguments.faces, device)
    teacher = Teacher(arguments.teacher).to(device)
    recipe = Recipe(arguments.seconds, arguments.batch)
    students = [Student(Width(*channels), recipe, device) for channels in arguments.widths]
    if arguments.start:
        students[0].load(arguments.start)
    train(sources, teacher, students, recipe, arguments.out)


if __name__ == "__main__":
    main()
