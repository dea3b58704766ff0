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


def test_a_teacher_decides_within_an_interval_but_never_outside():
    label, answer = np.float32([[0, 1, 1]]), np.float32([[0.5, 0.3, 0.1]])
    np.testing.assert_allclose(blend_labels(label, INTERVAL, answer, 0.5), [[0, 0.75, 0.25]])


def test_an_interval_that_no_teacher_supports_is_still_the_label():
    label, answer = np.float32([[0, 1, 1]]), np.float32([[1, 0, 0]])
    np.testing.assert_allclose(blend_labels(label, INTERVAL, answer, 0.5), [[0, 0.5, 0.5]])


@pytest.fixture
def job(make_job):
    job = make_job("age")
    recipe = replace(job.recipe, pretrain=Pretraining(16, 1, 1e-3), auxiliary_models=("gender",))
    return replace(job, spec=replace(job.spec, size=24), recipe=recipe)


def test_a_network_starts_from_its_pretrained_weights(job):
    train.run(job)
    started, first = train.initial_network(job), job.pretraining().trained_network()
    assert (started.input.shape[1], first.input.shape[1]) == (24, 16)
    for ours, theirs in zip(started.get_weights(), first.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_the_finetuned_network_is_exported(job):
    gentle = Finetuning(1, 1e-3, job.recipe.augmentation)
    job = replace(job, recipe=replace(job.recipe, pretrain=None, finetune=gentle))
    train.run(job)
    last = job.finetuning()
    assert last.start == job.run_dir.weights
    assert len(last.run_dir.read_log()) == 1
    served, ended = job.export_network().get_weights(), last.trained_network().get_weights()
    np.testing.assert_array_equal(served[0], ended[0])
    assert any(
        (ours != theirs).any()
        for ours, theirs in zip(ended, job.trained_network().get_weights(), strict=True)
    )


def test_a_teacher_predicts_every_head(job, faces):
    job = replace(job, recipe=replace(job.recipe, teachers=("age",), teacher_weight=0.25))
    train.run(job.pretraining())
    labels = job.targets(faces)
    targets = distil_targets(job, labels, faces)
    assert not targets.interval.any()
    np.testing.assert_allclose(targets.values.sum(axis=1), 2, rtol=1e-5)
    assert (targets.values[:, -2:].max(axis=1) < 1).all()
    assert (targets.truth == labels.truth).all()


def test_a_recipe_without_teachers_keeps_its_labels(job, faces):
    labels = job.targets(faces)
    assert distil_targets(job, labels, faces) is labels


def test_a_teacher_without_pretraining_is_refused(make_job):
    job = make_job("gender")
    with pytest.raises(ValueError, match="gender has no pretraining stage"):
        replace(job, recipe=replace(job.recipe, teachers=("gender",))).teachers()
