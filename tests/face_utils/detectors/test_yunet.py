"""YuNet, with a stub in place of its network: only the last tests need its file."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest

from face_utils.detectors import yunet
from face_utils.detectors.face_network import FaceNetwork
from face_utils.detectors.factory import build_detector
from face_utils.detectors.network_detector import NetworkDetector
from face_utils.detectors.yunet import open_yunet
from tests.support.face_cells import encode

# Pixels of a canvas: box, right eye, left eye, nose, right and left corner of the mouth, score.
ROW = [100, 40, 80, 125, 120, 80, 160, 82, 140, 105, 125, 130, 157, 134, 0.9]
SMALL, LARGE = (128, 160), (256, 320)


class StubNetwork:
    """Stands in for `FaceNetwork`: sees known faces in large canvases and records all canvases."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.rows: list[list[float]] = []
        self.canvases: list[np.ndarray] = []

    def run(self, canvas: np.ndarray) -> np.ndarray:
        self.canvases.append(canvas.copy())
        size = canvas.shape[:2]
        return encode(self.rows if size == LARGE else [], size)

    @property
    def large(self) -> np.ndarray:
        """The first large canvas, which shows all of a picture that is not large."""
        return next(canvas for canvas in self.canvases if canvas.shape[:2] == LARGE)


@pytest.fixture
def created(monkeypatch: pytest.MonkeyPatch) -> list[StubNetwork]:
    created: list[StubNetwork] = []

    def create(file: Path) -> StubNetwork:
        created.append(StubNetwork(file))
        return created[-1]

    monkeypatch.setattr(yunet, "FaceNetwork", create)
    return created


@pytest.fixture
def model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file that passes for YuNet's."""
    file = tmp_path / "yunet.onnx"
    file.write_bytes(b"weights")
    monkeypatch.setattr(yunet, "CHECKSUM", sha256(b"weights").hexdigest())
    return file


@pytest.fixture
def detector(
    created: list[StubNetwork], model: Path, monkeypatch: pytest.MonkeyPatch
) -> NetworkDetector:
    """YuNet with the landmarks of its own network."""
    detector = open_yunet(model)
    monkeypatch.setattr(detector, "locate", lambda picture, faces: faces)
    return detector


@pytest.fixture
def network(created: list[StubNetwork], detector: NetworkDetector) -> StubNetwork:
    [network] = created
    return network


def image(width: int, height: int) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (height, width, 3), dtype=np.uint8)


def test_the_network_is_loaded_from_the_file(network, model):
    assert network.file == model


@pytest.mark.parametrize(
    ("width", "height"),
    [(640, 480), (480, 640), (320, 240), (160, 120), (1921, 1079), (900, 20), (20, 900), (1, 900)],
)
def test_the_network_sees_canvases_of_two_sizes_only(detector, network, width, height):
    detector.detect(image(width, height))

    assert {canvas.shape[:2] for canvas in network.canvases} == {SMALL, LARGE}


@pytest.mark.parametrize(
    ("width", "height", "shown"),
    [(640, 480, (160, 120)), (480, 640, (96, 128)), (1280, 720, (160, 90)), (900, 20, (160, 4))],
)
def test_one_canvas_shows_the_whole_picture_with_black_beside_it(
    detector, network, width, height, shown
):
    detector.detect(np.full((height, width, 3), 200, np.uint8))

    [canvas] = [canvas for canvas in network.canvases if canvas.shape[:2] == SMALL]
    rows, columns = np.flatnonzero(canvas.any(axis=(1, 2))), np.flatnonzero(canvas.any(axis=(0, 2)))
    assert (columns[0], rows[0]) == (0, 0)
    assert (len(columns), len(rows)) == pytest.approx(shown, abs=1)


def test_the_network_sees_the_image_itself(detector, network):
    shown = image(320, 240)

    detector.detect(shown)

    np.testing.assert_array_equal(network.large[:240], shown)
    assert not network.large[240:].any()


def test_the_image_is_not_touched(detector):
    shown = image(640, 480)
    shown.flags.writeable = False

    detector.detect(shown)


@pytest.mark.parametrize(("width", "height"), [(320, 240), (160, 120), (320, 180)])
def test_landmarks_are_right_eye_left_eye_nose_and_mouth_in_pixels_of_the_image(
    detector, network, width, height
):
    network.rows = [ROW]

    [face] = detector.detect(image(width, height))

    expected = [[120, 80], [160, 82], [140, 105], [141, 132]]
    assert face.landmarks == pytest.approx(np.array(expected), rel=1e-3)
    assert (face.landmarks.shape, face.landmarks.dtype) == ((4, 2), np.float32)


@pytest.mark.parametrize(("width", "height"), [(320, 240), (160, 120), (320, 180)])
def test_a_box_becomes_a_square_of_nearly_its_area_a_little_lower(detector, network, width, height):
    network.rows = [ROW]

    [face] = detector.detect(image(width, height))

    x, y, w, h = face.box
    assert w == h == pytest.approx(1.02 * 100)  # The side of a square with the area of 80 by 125.
    assert x + w / 2 == pytest.approx(100 + 80 / 2)
    assert y + h / 2 == pytest.approx(40 + 125 / 2 + 0.022 * 125)
    assert face.box.dtype == np.float32


def test_the_best_face_comes_first(detector, network):
    right = [80, 0, 0, 0, *[80, 0] * 5]
    network.rows = [
        [*np.add(ROW[:14], np.multiply(right, place)), score]
        for place, score in ((-1, 0.75), (0, 0.95), (1, 0.85))
    ]

    scores = [face.score for face in detector.detect(image(320, 240))]

    assert scores == pytest.approx([0.95, 0.85, 0.75])
    assert all(isinstance(score, float) for score in scores)


def test_an_image_without_a_face_gives_an_empty_list(detector):
    assert detector.detect(image(640, 480)) == []


def test_a_file_with_another_checksum_is_refused_and_not_loaded(created, model):
    model.write_bytes(b"other weights")

    with pytest.raises(ValueError, match=r"yunet\.onnx is not face_detection_yunet_2023mar\.onnx"):
        open_yunet(model)
    assert created == []


def test_a_missing_file_is_named(created, tmp_path):
    with pytest.raises(FileNotFoundError, match=r"YuNet model .*none\.onnx is missing"):
        open_yunet(tmp_path / "none.onnx")
    assert created == []


def test_auto_takes_yunet_if_its_file_is_given(created, blazeface_file, model):
    assert build_detector("auto", blazeface_file, model).name == "yunet"


def test_auto_takes_mien_s_own_if_no_yunet_file_is_given(blazeface_file):
    assert build_detector("auto", blazeface_file, None).name == "mien"


def test_the_network_has_the_outputs_that_the_stub_imitates(yunet_file):
    """With the real file: one row of 15 values for each cell, none of which sees a face."""
    cells = FaceNetwork(yunet_file).run(np.zeros((*SMALL, 3), np.uint8))

    assert cells.shape == encode([], SMALL).shape
    assert cells[:, 0].max() < 0.1


def test_the_real_file_passes_the_checksum(yunet_file):
    assert build_detector("auto", yunet_file, yunet_file).name == "yunet"
