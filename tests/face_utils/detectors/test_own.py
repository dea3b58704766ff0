"""Mien's own detector with its network."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from face_utils.boxes import iou
from face_utils.detectors import own
from face_utils.detectors.own import open_own
from face_utils.frame import FrameReader
from face_utils.image import ImageLimits
from face_utils.picture import Picture
from face_utils.pipeline import Pipeline
from face_utils.search.live_search import LiveSearch

FACE = np.array([173, 68, 107, 107], np.float32)
LIMITS = ImageLimits(2 * 1024 * 1024, 1920 * 1080)


@pytest.fixture(scope="module")
def detector():
    return open_own()


def photo(face_image, size, at, side):
    """A frame with the astronaut, whose face has a side of `side` pixels, and the face's box."""
    scale = side / FACE[2]
    person = cv2.resize(
        face_image[:320, 60:390], None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA
    )
    frame = np.full((size[1], size[0], 3), 110, np.uint8)
    x, y = at
    frame[y : y + person.shape[0], x : x + person.shape[1]] = person
    corner = np.array([x, y]) + (FACE[:2] - (60, 0)) * scale
    return frame, np.array([*corner, side, side], np.float32)


def test_a_missing_network_is_named(monkeypatch, tmp_path):
    monkeypatch.setattr(own, "FOLDER", tmp_path / "face_detector")

    with pytest.raises(FileNotFoundError, match=r"face_detector is missing\. Install Mien again"):
        open_own()


@pytest.mark.parametrize(
    ("size", "side"), [((640, 480), 40), ((1280, 720), 40), ((1920, 1080), 40)]
)
@pytest.mark.parametrize("place", [0.1, 0.37, 0.5, 0.71])
def test_a_small_newcomer_is_found_within_a_second(detector, face_image, size, side, place):
    at = int(place * (size[0] - 150)), int(place * (size[1] - 150))
    frame, box = photo(face_image, size, at, side)
    search = LiveSearch()
    search.find(Picture.of(np.full_like(frame, 110)), [], detector, 0.0)

    seen = [search.find(Picture.of(frame), [], detector, n / 10) for n in range(1, 11)]

    assert any(len(faces) == 1 and iou(faces[:, :4], box[None])[0, 0] > 0.5 for faces in seen)


@pytest.mark.parametrize("share", [0.5, 0.65, 0.8])
def test_a_close_face_is_found_beside_a_smaller_one(detector, face_image, share):
    side = int(480 * share)
    head = cv2.resize(face_image[40:200, 150:310], None, fx=side / FACE[2], fy=side / FACE[2])
    frame = np.full((480, 640, 3), 110, np.uint8)
    head = head[:480, :460]
    frame[: head.shape[0], : head.shape[1]] = head
    other = cv2.resize(face_image[:320, 60:390], (155, 150), interpolation=cv2.INTER_AREA)
    frame[320:470, 475:630] = other

    faces = detector.detect(frame)

    assert len(faces) == 2
    assert max(float(face.box[2]) for face in faces) == pytest.approx(side, rel=0.25)


def test_a_followed_person_keeps_id_and_place(detector, face_image):
    frame = face_image[:, :480]
    data = cv2.imencode(".jpg", frame)[1].tobytes()
    reader = FrameReader(detector.detect, LIMITS, 16, detector)
    pipeline = Pipeline()

    faces = [pipeline.analyze(lambda: reader.open(data), {}, now / 10).faces for now in range(20)]

    assert [[face.id for face in each] for each in faces] == [[1]] * 20
    assert len({each[0].box.x for each in faces[1:]}) == 1


def test_four_threads_share_the_network(detector, face_image, in_thread):
    photos = [np.roll(face_image, shift, axis=1)[:, :360] for shift in range(0, 80, 20)]
    alone = [detector.detect(each)[0].box.tolist() for each in photos]

    def work():
        return [detector.detect(each)[0].box.tolist() for each in photos * 2]

    for call in [in_thread(work) for _ in range(4)]:
        assert call.result() == alone * 2


def test_the_network_is_part_of_the_package():
    assert own.FOLDER.parent == Path(own.__file__).parent
    assert (own.FOLDER / "saved_model.pb").is_file()
