from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from serving.training import train
from serving.training.distillation import blend_labels, distil_targets
from serving.training.recipe import Finetuning, Pretraining

# Keras 3 reads its variables in a way that numpy 2 calls old.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

EXACT, INTERVAL = np.array([False]), np.array([True])


def test_a_teacher_has_its_share_in_a_label():
    label, answer = np.float32([[0, 1, 0]]), np.float32([[0.5, 0.3, 0.2]])
    np.testing.assert_allclose(blend_labels(label, EXACT, answer, 0.5), [[0.25, 0.65, 0.1]])


def test_a_teacher_says_where_in_an_interval_the_answer_lies_but_never_outside():
    label, answer = np.float32([[0, 1, 1]]), np.float32([[0.5, 0.3, 0.1]])
    np.testing.assert_allclose(blend_labels(label, INTERVAL, answer, 0.5), [[0, 0.75, 0.25]])


def test_an_interval_that_no_teacher_believes_in_is_still_the_label():
    label, answer = np.float32([[0, 1, 1]]), np.float32([[1, 0, 0]])
    np.testing.assert_allclose(blend_labels(label, INTERVAL, answer, 0.5), [[0, 0.5, 0.5]])


@pytest.fixture
def task(make_job):
    task = make_job("age")
    recipe = replace(task.recipe, pretrain=Pretraining(8, 1, 1e-3), beside=("gender",))
    return replace(task, recipe=recipe)


def test_a_network_starts_from_the_one_that_learned_on_smaller_crops(task):
    train.run(task)
    started, first = train.network_to_train(task), task.pretraining().trained_network()
    assert (started.input.shape[1], first.input.shape[1]) == (16, 8)
    for ours, theirs in zip(started.get_weights(), first.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_a_network_ends_with_the_training_that_comes_last(task):
    gentle = Finetuning(1, 1e-3, task.recipe.framing, task.recipe.light)
    task = replace(task, recipe=replace(task.recipe, pretrain=None, finetune=gentle))
    train.run(task)
    last = task.finetuning()
    assert last.start == task.run_dir.weights
    assert len(last.run_dir.read_log()) == 1
    served, ended = task.export_network().get_weights(), last.trained_network().get_weights()
    np.testing.assert_array_equal(served[0], ended[0])
    assert any(
        (ours != theirs).any()
        for ours, theirs in zip(ended, task.trained_network().get_weights(), strict=True)
    )


def test_a_teacher_teaches_all_that_it_learned(task, faces):
    task = replace(task, recipe=replace(task.recipe, teachers=("age",), teaching=0.25))
    train.run(task.pretraining())
    labels = task.targets(faces)
    targets = distil_targets(task, labels, faces)
    assert not targets.interval.any()
    np.testing.assert_allclose(targets.values.sum(axis=1), 2, rtol=1e-5)
    assert (targets.values[:, -2:].max(axis=1) < 1).all()
    assert (targets.truth == labels.truth).all()


def test_a_recipe_without_teachers_keeps_its_labels(task, faces):
    labels = task.targets(faces)
    assert distil_targets(task, labels, faces) is labels


def test_only_a_first_training_can_teach(make_job):
    task = make_job("gender")
    with pytest.raises(ValueError, match="first training"):
        replace(task, recipe=replace(task.recipe, teachers=("gender",))).teachers()
