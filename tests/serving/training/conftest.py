"""A tiny made-up data set: no real faces, every label of every model."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from serving.contract import CONTRACT, load_contract
from serving.training.faces import TEST, TRAIN, Faces, Record
from serving.training.recipe import Network
from serving.training.recipe_files import load_recipe

SIDE = 32


def made_records(count: int = 48) -> list[Record]:
    rng = np.random.default_rng(0)
    return [
        Record(
            image=rng.integers(0, 256, (SIDE, SIDE), dtype=np.uint8),
            split=TEST if i % 4 == 0 else TRAIN,
            digest=f"{rng.integers(16**12):012x}",
            votes=tuple(8 if i % 8 == vote else 2 * (vote == 0) for vote in range(10)),
            ages=(i, i) if i % 2 else (20, 29),
            gender=i % 2,
            group="White" if i % 3 else "Black",
        )
        for i in range(count)
    ]


@pytest.fixture(scope="session")
def records() -> list[Record]:
    return made_records()


@pytest.fixture(scope="session")
def faces(records) -> Faces:
    squares = np.tile(np.float32([SIDE / 2, SIDE / 2, SIDE, 0]), (len(records), 1))
    return Faces.build("utkface", records, squares)


@pytest.fixture
def make_job(tmp_path, faces):
    """Builds the job of a model: the project's recipe, reduced to a second of work."""
    from serving.training.job import Job
    from serving.training.run_dir import RunDir

    def make(model: str) -> Job:
        run_dir = RunDir(model, tmp_path / "cache")
        run_dir.path.mkdir(parents=True)
        run_dir.faces.mkdir(exist_ok=True)
        faces.save(run_dir.faces / "utkface.npz")
        network = Network(stem=4, widths=(4, 8), pooled_blocks=1, dropout=0.1)
        recipe = replace(
            load_recipe(model),
            data=("utkface",),
            epochs=1,
            batch_size=8,
            holdout_share=0.5,
            network=network,
            pretrain=None,
            finetune=None,
            teachers=(),
        )
        return Job(
            replace(load_contract()[model], size=16),
            recipe,
            run_dir,
            tmp_path,
            tmp_path / "models",
        )

    return make


@pytest.fixture
def contract_copy(tmp_path) -> Path:
    return Path(shutil.copy(CONTRACT, tmp_path / "models.toml"))
