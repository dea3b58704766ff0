import numpy as np
import pytest

from benchmarks.detection.following import continuity, ids_of, share_boxed
from benchmarks.detection.version import SeenFace

PEOPLE = np.array([[0, 0, 40, 50], [100, 0, 40, 50]], np.float32)


def seen(id_, *box):
    return SeenFace(id_, np.array(box, np.float32), None, (), {})


def test_each_box_belongs_to_one_person():
    faces = [seen(7, 102, 5, 40, 40), seen(8, 110, 5, 40, 40)]
    assert ids_of(faces, PEOPLE) == [None, 7]


def test_no_faces_give_no_ids():
    assert ids_of([], PEOPLE) == [None, None]


def test_hidden_person_has_no_id():
    hidden = np.vstack([PEOPLE[0], np.zeros(4)]).astype(np.float32)
    assert ids_of([seen(1, 0, 5, 40, 40)], hidden) == [1, None]


def test_share_counts_people_with_id():
    assert share_boxed([1, None, 3, 4]) == 0.75


def test_gap_is_no_change_of_id_but_another_id_is():
    scores = continuity([[1, 2], [None, 2], [1, 3], [1, 3]])
    assert scores.boxed == pytest.approx(7 / 8)
    assert scores.changes == pytest.approx(1 / 4)
