from __future__ import annotations

import threading
from dataclasses import replace

import numpy as np
import pytest

from serving.training import train
from serving.training.dataset import build_dataset
from serving.training.faces import Faces
from serving.training.recipe import Pretraining
from serving.training.trainer import Trainer

# Keras 3 reads its variables in a way that numpy 2 calls old.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")


class Interrupted(Exception):
    """Ends a training early."""


@pytest.fixture
def job(make_job):
    job = make_job("gender")
    return replace(job, recipe=replace(job.recipe, epochs=2))


def interrupt(monkeypatch, place, name, call):
    """Makes the given call of a function fail, as if the process had ended."""
    original, calls = getattr(place, name), []

    def counted(*arguments, **options):
        calls.append(1)
        if len(calls) == call:
            raise Interrupted
        return original(*arguments, **options)

    monkeypatch.setattr(place, name, counted)


def epochs(job):
    return [line["epoch"] for line in job.run_dir.read_log()]


@pytest.mark.parametrize(("step", "before"), [("run_epoch", [1]), ("save", [1, 2])])
def test_training_continues_after_its_last_finished_epoch(job, monkeypatch, step, before):
    with monkeypatch.context() as patch, pytest.raises(Interrupted):
        interrupt(patch, Trainer, step, call=2)
        train.run(job)
    assert epochs(job) == before
    first = job.run_dir.read_log()[0]
    train.run(job)
    assert epochs(job) == [1, 2]
    assert job.run_dir.read_log()[0] == first


def test_a_resumed_network_is_the_one_that_was_saved(job):
    train.run(job)
    trainer = train.build_trainer(job, build_dataset(job))
    assert trainer.epoch == 2
    averaged = zip(trainer.averaged.get_weights(), job.trained_network().get_weights(), strict=True)
    assert all((ours == saved).all() for ours, saved in averaged)
    moved = zip(trainer.model.get_weights(), trainer.averaged.get_weights(), strict=True)
    assert any((ours != mean).any() for ours, mean in moved)


def test_a_training_with_another_recipe_is_not_continued(job):
    train.run(job)
    with pytest.raises(SystemExit, match="another recipe"):
        train.run(replace(job, recipe=replace(job.recipe, epochs=3)))


def test_crops_of_another_size_are_another_training(job):
    train.run(job)
    with pytest.raises(SystemExit, match="another recipe"):
        train.run(replace(job, spec=replace(job.spec, size=24)))


def test_two_trainings_at_once_do_each_epoch_once(job):
    both = [threading.Thread(target=train.run, args=(job,)) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert epochs(job) == [1, 2]


def test_a_trial_is_short_and_waits_for_no_other_model(job):
    recipe = replace(
        job.recipe, pretrain=Pretraining(16, 40, 1e-3), teachers=("age",), min_steps=500
    )
    trial = train.shorten(recipe, 3)
    assert (trial.epochs, trial.pretrain.epochs, trial.teachers, trial.min_steps) == (3, 3, (), 0)


def test_faces_are_written_completely_or_not_at_all(faces, tmp_path, monkeypatch):
    def half(path, **columns):
        path.write_bytes(b"half")
        raise Interrupted

    faces.save(tmp_path / "faces.npz")
    with monkeypatch.context() as patch, pytest.raises(Interrupted):
        patch.setattr(np, "savez", half)
        faces.save(tmp_path / "faces.npz")
    assert len(Faces.load(tmp_path / "faces.npz")) == len(faces)
