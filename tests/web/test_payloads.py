from __future__ import annotations

import numpy as np
import pytest

from face_utils.errors import BadRequest
from web.validation import read_faces, read_frame, read_seq

FACE = {"box": [10, 20, 30, 40], "crop_box": [0, 10, 50, 50]}
META = {"seq": 3, "width": 640, "height": 480}


def test_a_frame_is_read() -> None:
    stamp, data = read_frame([{"seq": 3, "captured_at": 12.5}, b"image"])
    assert (stamp.seq, stamp.captured_at, data) == (3, 12.5, b"image")


def test_a_frame_need_not_say_when_it_was_taken() -> None:
    stamp, _ = read_frame([{"seq": 0}, bytearray(b"image")])
    assert stamp.captured_at is None


def test_faces_are_read_in_order() -> None:
    second = {**FACE, "score": 0.5, "landmarks": [[1, 2], [3, 4], [5, 6], [7, 8]]}
    stamp, given = read_faces([{**META, "faces": [FACE, second]}, b"a", b"b"], max_faces=2)
    assert (stamp.seq, given.width, given.height) == (3, 640, 480)
    assert [face.data for face in given.faces] == [b"a", b"b"]
    assert given.faces[0].detection.landmarks is None
    assert given.faces[1].detection.score == 0.5
    np.testing.assert_array_equal(given.faces[0].crop_box, [0, 10, 50, 50])


def test_a_frame_may_have_no_faces() -> None:
    assert read_faces([{**META, "faces": []}], max_faces=2)[1].faces == []


def test_more_faces_than_the_limit_are_refused() -> None:
    with pytest.raises(BadRequest, match="At most 1 faces"):
        read_faces([{**META, "faces": [FACE, FACE]}, b"a", b"b"], max_faces=1)


@pytest.mark.parametrize(
    "entry",
    [
        {**FACE, "box": [0, 0, float("nan"), 5]},
        {**FACE, "box": [0, 0, float("inf"), 5]},
        {**FACE, "box": [0, 0, True, 5]},
        {**FACE, "crop_box": [0, 0, 0.5, 0.5]},
        {**FACE, "score": "high"},
        {**FACE, "score": 10**400},
        {**FACE, "score": float("nan")},
        {**FACE, "landmarks": [[1, 2]]},
        {**FACE, "landmarks": [[1, 2], [3, 4], [5, 6], [7]]},
        {"box": FACE["box"]},
    ],
    ids=str,
)
def test_a_malformed_face_is_refused(entry: dict[str, object]) -> None:
    with pytest.raises(BadRequest):
        read_faces([{**META, "faces": [entry]}, b"a"], max_faces=2)


@pytest.mark.parametrize(
    ("payload", "seq"),
    [([{"seq": 7}], 7), ([{"seq": -1}], None), ([{}], None), ([5], None), ([], None)],
    ids=str,
)
def test_the_number_of_a_bad_frame_is_told_where_it_can_be(
    payload: list[object], seq: int | None
) -> None:
    assert read_seq(payload) == seq
