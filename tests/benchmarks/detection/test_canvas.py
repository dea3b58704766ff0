import numpy as np
import pytest

from benchmarks.detection.canvas import Window, background, encode, place
from benchmarks.detection.people import Person

PERSON = Person(
    [np.full((100, 120, 3), value, np.uint8) for value in (50, 200)],
    np.array([[40, 20, 30, 40], [42, 20, 30, 40]], np.float32),
)


def test_face_has_asked_place_and_height():
    canvas = background(640, 480)
    box = place(canvas, PERSON, 0.0, (300, 200), 80)
    assert box == pytest.approx([270, 160, 60, 80])
    assert (canvas[200, 300] == 50).all()


def test_window_is_filled_and_rest_is_left_alone():
    canvas = np.zeros((200, 300, 3), np.uint8)
    place(canvas, PERSON, 0.0, (75, 50), 40, Window(0, 0, 150, 100))
    assert (canvas[:100, :150] == 50).all()
    assert not canvas[100:].any()
    assert not canvas[:, 150:].any()


def test_clip_plays_back_and_forth():
    assert [int(PERSON.at(frame / 30)[0][0, 0, 0]) for frame in range(4)] == [50, 200, 50, 200]


def test_person_at_edge_is_cut_off():
    canvas = background(640, 480)
    box = place(canvas, PERSON, 0.0, (0, 240), 80)
    assert box[0] == pytest.approx(-30)


def test_noise_depends_on_seed_only():
    canvas = background(64, 48)
    first, second = (encode(canvas, np.random.default_rng(3)) for _ in range(2))
    assert first == second != encode(canvas)
