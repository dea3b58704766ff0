from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from face_utils.model_spec import ModelSpec
from serving.contract import load_contract
from serving.training import splits
from serving.training.faces import TEST, TRAIN, UNKNOWN, Faces, Record
from serving.training.targets import (
    AGE_BINS,
    TARGETS,
    class_count,
    folder_targets,
    require_every_label,
    targets_of,
)

IMAGE = np.zeros((8, 8), dtype=np.uint8)


def table(*records: Record) -> Faces:
    return Faces.build("made", records, np.zeros((len(records), 4), dtype=np.float32))


def voted(*votes: int) -> Faces:
    return table(Record(IMAGE, TRAIN, "0", votes=votes))


def test_votes_become_a_distribution_without_single_votes():
    targets = TARGETS["emotion"](voted(6, 2, 0, 0, 1, 0, 0, 0, 1, 0))
    np.testing.assert_allclose(targets.values[0], [0.75, 0.25, 0, 0, 0, 0, 0, 0])
    assert targets.truth[0] == 0


@pytest.mark.parametrize(
    "votes",
    [
        (4, 3, 3, 0, 0, 0, 0, 0, 0, 0),
        (2, 0, 0, 0, 0, 0, 0, 0, 6, 2),
        (2, 0, 0, 0, 0, 0, 0, 0, 0, 8),
    ],
    ids=["no half", "unknown", "no face"],
)
def test_faces_without_a_clear_majority_have_no_truth(votes):
    assert TARGETS["emotion"](voted(*votes)).truth[0] == UNKNOWN


def test_faces_that_are_mostly_unknown_are_not_trained_on():
    assert not TARGETS["emotion"](voted(2, 0, 0, 0, 0, 0, 0, 0, 6, 2)).usable[0]


def test_an_exact_age_becomes_a_bell_around_it():
    targets = TARGETS["age"](table(Record(IMAGE, TRAIN, "0", ages=(30, 30))))
    assert targets.values.shape == (1, AGE_BINS)
    assert targets.values[0].argmax() == targets.truth[0] == 30
    assert targets.values[0].sum() == pytest.approx(1)
    assert not targets.interval[0, 0]


def test_an_age_group_allows_each_of_its_ages():
    targets = TARGETS["age"](table(Record(IMAGE, TRAIN, "0", ages=(3, 9))))
    assert np.flatnonzero(targets.values[0]).tolist() == [3, 4, 5, 6, 7, 8, 9]
    assert targets.interval[0, 0]
    assert targets.truth[0] == UNKNOWN


def smile(*labels: str) -> ModelSpec:
    return replace(load_contract()["gender"], name="smile", labels=labels)


def test_a_custom_model_learns_the_label_folders():
    faces = table(*(Record(IMAGE, TRAIN, "0", label=label) for label in ("yes", "no", "")))
    targets = targets_of(smile("no", "yes"), faces)
    assert targets.values[:2].tolist() == [[0, 1], [1, 0]]
    assert targets.truth.tolist() == [1, 0, UNKNOWN]
    assert targets.usable.tolist() == [True, True, False]
    assert class_count(smile("no", "yes", "perhaps")) == 3


@pytest.mark.parametrize("labels", [("no", "perhaps"), ("perhaps",), ()])
def test_folders_that_are_not_the_model_s_labels_are_named(labels):
    faces = table(*(Record(IMAGE, TRAIN, "0", label=label) for label in ("yes", "no")))
    with pytest.raises(ValueError, match=r"\['no', 'yes'\]"):
        folder_targets(faces, labels)


def test_a_training_needs_faces_of_every_label_a_few_faces_do_not():
    faces = table(*(Record(IMAGE, TRAIN, "0", label=label) for label in ("yes", "no")))
    spec = smile("no", "yes", "perhaps")
    assert targets_of(spec, faces).truth.tolist() == [1, 0]
    with pytest.raises(ValueError, match="smile has no pictures with the label perhaps"):
        require_every_label(spec, faces)


def test_the_models_of_the_known_data_sets_need_no_folders():
    require_every_label(load_contract()["gender"], voted(*range(10)))


def test_heads_stand_side_by_side():
    faces = table(
        Record(IMAGE, TRAIN, "0", ages=(3, 9), gender=1), Record(IMAGE, TRAIN, "1", ages=(4, 4))
    )
    both = TARGETS["age"](faces).with_auxiliary([TARGETS["gender"](faces)])
    assert both.values.shape == (2, AGE_BINS + 2)
    assert both.values[0, -2:].tolist() == [0, 1]
    assert both.interval.tolist() == [[True, False], [False, False]]
    assert both.usable.tolist() == [True, False]


def test_equal_images_stay_in_one_split():
    digests = [f"{i:012x}" for i in range(0, 16**6, 16**6 // 50)]
    faces = table(*(Record(IMAGE, TRAIN, digest) for digest in digests * 2))
    held_out = splits.holdout_rows(faces, 0.3)
    assert 0 < held_out.sum() < len(faces)
    assert (held_out[: len(digests)] == held_out[len(digests) :]).all()
    assert (held_out ^ splits.training_rows(faces, 0.3)).all()


def test_an_image_that_is_also_tested_is_neither_trained_on_nor_held_out():
    faces = table(Record(IMAGE, TRAIN, "aa"), Record(IMAGE, TEST, "aa"))
    assert splits.test_rows(faces).tolist() == [False, True]
    assert not splits.training_rows(faces, 0.5).any()
    assert not splits.holdout_rows(faces, 0.5).any()
