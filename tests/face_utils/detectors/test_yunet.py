"""The YuNet wrapper, with a stub in place of OpenCV's network: no test here needs its file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from face_utils.detectors import yunet
from face_utils.detectors.factory import build_detector
from face_utils.detectors.yunet import YuNet

# Pixels of the network's input, as FaceDetectorYN returns them: box, right eye, left eye, nose,
# right and left corner of the mouth, score.
ROW = [100, 40, 80, 125, 120, 80, 160, 82, 140, 105, 125, 130, 157, 134, 0.9]


class StubNetwork:
    """Stands in for `cv2.FaceDetectorYN`: returns known rows and records how it was called."""

    def __init__(self, *arguments: Any) -> None:
        self.arguments = arguments
        self.rows: list[Sequence[float]] = []
        self.size = (0, 0)
        self.images: list[np.ndarray] = []

    def setInputSize(self, size: tuple[int, int]) -> None:  # noqa: N802  (OpenCV's name)
        self.size = size

    def detect(self, image: np.ndarray) -> tuple[int, np.ndarray | None]:
        assert image.shape[1::-1] == self.size, "FaceDetectorYN fails on another size"
        self.images.append(image)
        return 1, np.array(self.rows, np.float32) if self.rows else None


class StubFactory:
    """Stands in for the class, and keeps what it created."""

    def __init__(self) -> None:
        self.created: list[StubNetwork] = []

    def create(self, *arguments: Any) -> StubNetwork:
        self.created.append(StubNetwork(*arguments))
        return self.created[-1]


@pytest.fixture
def factory(monkeypatch: pytest.MonkeyPatch) -> StubFactory:
    factory = StubFactory()
    monkeypatch.setattr(cv2, "FaceDetectorYN", factory)
    return factory


@pytest.fixture
def model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file that passes for YuNet's."""
    file = tmp_path / "yunet.onnx"
    file.write_bytes(b"weights")
    monkeypatch.setattr(yunet, "CHECKSUM", sha256(b"weights").hexdigest())
    return file


@pytest.fixture
def detector(factory: StubFactory, model: Path) -> YuNet:
    return YuNet(model)


@pytest.fixture
def network(factory: StubFactory, detector: YuNet) -> Iterator[StubNetwork]:
    [network] = factory.created
    yield network


def image(width: int, height: int) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (height, width, 3), dtype=np.uint8)


def test_the_network_is_loaded_from_the_file_with_the_threshold(network, model):
    assert network.arguments == (str(model), "", (320, 240), 0.7)


@pytest.mark.parametrize(
    ("width", "height", "shown"),
    [
        (640, 480, (320, 240)),
        (480, 640, (240, 320)),
        (320, 240, (320, 240)),
        (160, 120, (320, 240)),
        (1921, 1079, (320, 180)),
    ],
)
def test_the_longer_side_becomes_320_pixels(detector, network, width, height, shown):
    detector.detect(image(width, height))

    assert network.size == shown


@pytest.mark.parametrize(
    ("width", "height", "shown"),
    [(900, 20, (320, 64)), (20, 900, (64, 320)), (900, 1, (320, 64)), (1, 900, (64, 320))],
)
def test_a_narrow_image_is_padded_with_black(detector, network, width, height, shown):
    detector.detect(np.full((height, width, 3), 200, np.uint8))

    [canvas] = network.images
    assert network.size == shown
    inside = max(1, round(min(width, height) * 320 / 900))
    used = canvas[:inside] if width > height else canvas[:, :inside]
    assert (used == 200).all()
    assert canvas.sum() == used.sum()


def test_the_network_sees_the_image_itself(detector, network):
    shown = image(320, 240)

    detector.detect(shown)

    np.testing.assert_array_equal(network.images[0], shown)


def test_the_image_is_not_touched(detector):
    shown = image(640, 480)
    shown.flags.writeable = False

    detector.detect(shown)


@pytest.mark.parametrize(("width", "height"), [(320, 240), (640, 480), (160, 120), (1920, 1440)])
def test_landmarks_are_right_eye_left_eye_nose_and_mouth_in_pixels_of_the_image(
    detector, network, width, height
):
    network.rows = [ROW]
    factor = width / 320

    [face] = detector.detect(image(width, height))

    expected = [[120, 80], [160, 82], [140, 105], [141, 132]]
    assert face.landmarks == pytest.approx(np.array(expected) * factor, rel=1e-5)
    assert (face.landmarks.shape, face.landmarks.dtype) == ((4, 2), np.float32)


@pytest.mark.parametrize(("width", "height"), [(320, 240), (640, 480), (160, 120)])
def test_a_box_becomes_a_square_of_nearly_its_area_a_little_lower(detector, network, width, height):
    network.rows = [ROW]
    factor = width / 320

    [face] = detector.detect(image(width, height))

    x, y, w, h = face.box / factor
    assert w == h == pytest.approx(1.02 * 100)  # The side of a square with the area of 80 by 125.
    assert x + w / 2 == pytest.approx(100 + 80 / 2)
    assert y + h / 2 == pytest.approx(40 + 125 / 2 + 0.022 * 125)
    assert face.box.dtype == np.float32


def test_the_best_face_comes_first(detector, network):
    network.rows = [[*ROW[:14], score] for score in (0.75, 0.95, 0.85)]

    scores = [face.score for face in detector.detect(image(320, 240))]

    assert scores == pytest.approx([0.95, 0.85, 0.75])
    assert all(isinstance(score, float) for score in scores)


def test_an_image_without_a_face_gives_an_empty_list(detector):
    assert detector.detect(image(640, 480)) == []


def test_a_file_with_another_checksum_is_refused_and_not_loaded(factory, model):
    model.write_bytes(b"other weights")

    with pytest.raises(ValueError, match=r"yunet\.onnx is not face_detection_yunet_2023mar\.onnx"):
        YuNet(model)
    assert factory.created == []


def test_a_missing_file_is_named(factory, tmp_path):
    with pytest.raises(FileNotFoundError, match=r"YuNet model .*none\.onnx is missing"):
        YuNet(tmp_path / "none.onnx")
    assert factory.created == []


def test_auto_takes_yunet_if_its_file_is_given(factory, blazeface_file, model):
    assert build_detector("auto", blazeface_file, model).name == "yunet"


def test_auto_takes_blazeface_if_no_yunet_file_is_given(blazeface_file):
    assert build_detector("auto", blazeface_file, None).name == "blazeface"


def test_the_stub_takes_the_same_calls_as_opencv(yunet_file):
    """With the real file: what the stub promises of `cv2.FaceDetectorYN` is true."""
    network = cv2.FaceDetectorYN.create(str(yunet_file), "", (320, 240), 0.7)
    network.setInputSize((320, 240))
    _, rows = network.detect(np.zeros((240, 320, 3), np.uint8))

    assert rows is None


def test_the_real_file_passes_the_checksum(yunet_file):
    assert build_detector("auto", yunet_file, yunet_file).name == "yunet"
