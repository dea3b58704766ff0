from __future__ import annotations

import numpy as np
import pytest

from face_utils.errors import BadRequest
from web.live.validation import read_faces, read_frame, read_seq

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
    with pytest.raises(BadRequest, match="at most 1 faces"):
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


WRONG_FRAMES = [
    ([1], "The first argument of frame must be an object."),
    ({}, "seq is required and must be a whole number from 0 to 9007199254740992."),
    ({"seq": None}, "seq must be a whole number from 0 to 9007199254740992."),
    ({"seq": 1.0}, "seq must be a whole number"),
    ({"seq": True}, "seq must be a whole number"),
    ({"seq": "1"}, "seq must be a whole number"),
    ({"seq": -1}, "seq must be a whole number"),
    ({"seq": 2**53 + 1}, "seq must be a whole number"),
    ({"seq": 10**400}, "seq must be a whole number"),
    ({"seq": 1, "captured_at": "now"}, "captured_at must be a number."),
    ({"seq": 1, "captured_at": True}, "captured_at must be a number."),
    ({"seq": 1, "captured_at": 10**400}, "captured_at must be a number."),
    ({"seq": 1, "captured_at": float("nan")}, "captured_at must be a number."),
    ({"seq": 1, "captured_at": float("-inf")}, "captured_at must be a number."),
    ({"seq": 1, "captured": 5}, "unknown key 'captured'. Did you mean 'captured_at'?"),
    ({"seq": 1, "x" * 5000: 1}, f"frame has an unknown key '{'x' * 40}'."),
    ({"seq": 1, **{str(i): i for i in range(9999)}}, "frame has an unknown key '0'."),
]


@pytest.mark.parametrize(("meta", "message"), WRONG_FRAMES, ids=lambda value: str(value)[:60])
def test_a_wrong_frame_is_told_its_field_and_what_is_right(meta: object, message: str) -> None:
    with pytest.raises(BadRequest) as error:
        read_frame([meta, b"image"])
    assert message in error.value.message
    assert len(error.value.message) < 200


@pytest.mark.parametrize("captured_at", [1731234567890, 12.5, 2**53 + 1, None])
def test_the_time_of_a_frame_comes_back_as_it_was_sent(captured_at: float | None) -> None:
    stamp, _ = read_frame([{"seq": 1, "captured_at": captured_at}, b"image"])
    assert (stamp.captured_at, type(stamp.captured_at)) == (captured_at, type(captured_at))


WRONG_FACES = [
    ({"width": True}, "width must be a whole number from 1 to 16384."),
    ({"width": 640.0}, "width must be a whole number from 1 to 16384."),
    ({"height": 0}, "height must be a whole number from 1 to 16384."),
    ({"faces": {}}, "faces must be a list of objects."),
    ({"faces": [1]}, "faces[0] must be an object."),
    ({"faces": [{**FACE, "box": [1, 2, 3]}]}, "faces[0].box must be a list of 4 numbers."),
    ({"faces": [{**FACE, "box": [1, 2, 3, 4, 5]}]}, "faces[0].box must be a list of 4 numbers."),
    ({"faces": [{**FACE, "box": "face"}]}, "faces[0].box must be a list of 4 numbers."),
    ({"faces": [{**FACE, "box": [1, 2, 0.5, 4]}]}, "box[2] must be a number from 1 to 32768."),
    ({"faces": [{**FACE, "box": [40000, 2, 3, 4]}]}, "from -32768 to 32768."),
    ({"faces": [{**FACE, "landmarks": [[1, 2]]}]}, "must be a list of 4 lists of 2 numbers."),
    ({"faces": [{"box": [1, 2, 3, 4]}]}, "crop_box is required and must be a list of 4 numbers."),
    ({"faces": [{**FACE, "lips": 1}]}, "faces[0] has an unknown key 'lips'."),
    ({"faces": [{**FACE, **{str(i): i for i in range(9999)}}]}, "faces[0] has an unknown key '0'."),
]


@pytest.mark.parametrize(("changes", "message"), WRONG_FACES, ids=lambda value: str(value)[:60])
def test_wrong_faces_are_told_their_field_and_what_is_right(
    changes: dict[str, object], message: str
) -> None:
    with pytest.raises(BadRequest) as error:
        read_faces([{**META, "faces": [FACE], **changes}, b"a"], max_faces=2)
    assert message in error.value.message


def test_one_error_is_found_in_thousands_of_wrong_faces() -> None:
    crops = [b"a"] * 9999
    with pytest.raises(BadRequest, match="faces\\[0\\] must be an object"):
        read_faces([{**META, "faces": [0] * 9999}, *crops], max_faces=9999)


@pytest.mark.parametrize("image", ["data:image/png;base64,AAAA", 5, None, ["x"]], ids=str)
def test_an_image_that_is_not_binary_is_refused(image: object) -> None:
    with pytest.raises(BadRequest, match="Send the image as binary"):
        read_frame([{"seq": 1}, image])
    with pytest.raises(BadRequest, match="Send the image as binary"):
        read_faces([{**META, "faces": [FACE]}, image], max_faces=2)


@pytest.mark.parametrize(
    ("payload", "seq"),
    [([{"seq": 7}], 7), ([{"seq": -1}], None), ([{}], None), ([5], None), ([], None)],
    ids=str,
)
def test_the_number_of_a_bad_frame_is_told_where_it_can_be(
    payload: list[object], seq: int | None
) -> None:
    assert read_seq(payload) == seq
