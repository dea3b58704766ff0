"""Fixtures for all tests: a real face, a real detector, a clock that stands still."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
import skimage.data

import serving.training  # noqa: F401  (keeps Keras and Matplotlib out of the home folder)
from face_utils.detection import Detector
from face_utils.detectors.factory import build_detector
from tests.support.calls import Call
from tests.support.lanes import LANES, find_lane, may_hold

ROOT = Path(__file__).parent.parent
YUNET = ROOT.parent / "shared" / "models" / "face_detection_yunet_2023mar.onnx"


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Imports only what holds unit tests for `-m unit`: the others need TensorFlow."""
    if config.option.markexpr != "unit" or not collection_path.is_relative_to(ROOT / "tests"):
        return None
    return None if may_hold(collection_path.relative_to(ROOT).as_posix(), "unit") else True


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks each test with its lane."""
    for item in items:
        if any(item.get_closest_marker(lane) for lane in LANES.values()):
            continue
        try:
            item.add_marker(find_lane(item.path.relative_to(ROOT).as_posix()))
        except LookupError as error:
            raise pytest.UsageError(str(error)) from error


class FakeClock:
    """A clock that moves only when it is told to."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now

    def advance(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def clock() -> FakeClock:
    """Seconds, from 1000."""
    return FakeClock()


@pytest.fixture(scope="session")
def face_image() -> np.ndarray:
    """An astronaut who smiles, (512, 512, 3) uint8 in blue, green, red; not to be written to."""
    image = np.ascontiguousarray(skimage.data.astronaut()[..., ::-1])
    image.flags.writeable = False
    return image


@pytest.fixture(scope="session")
def face_jpeg(face_image: np.ndarray) -> bytes:
    """The same as a JPEG."""
    return cv2.imencode(".jpg", face_image, [cv2.IMWRITE_JPEG_QUALITY, 90])[1].tobytes()


@pytest.fixture(scope="session")
def blazeface_file() -> Path:
    """The detector's model file, which `make setup` brings."""
    return ROOT / "static" / "vendor" / "face_detection_full_range.tflite"


@pytest.fixture(scope="session")
def yunet_file() -> Path:
    """YuNet's model file, which is not part of Mien. Skips the test if this machine has none."""
    if not YUNET.is_file():
        pytest.skip(f"No ../shared/models/{YUNET.name} here. test_yunet.py needs no file.")
    return YUNET


@pytest.fixture(scope="session")
def detector(blazeface_file: Path) -> Detector:
    """BlazeFace, as the app has it by default."""
    return build_detector("blazeface", blazeface_file, None)


@pytest.fixture
def free_port() -> Callable[[], int]:
    """Gives TCP ports of this machine on which nothing listens."""

    def find() -> int:
        with socket.socket() as probe:
            probe.bind(("0.0.0.0", 0))
            return int(probe.getsockname()[1])

    return find


@pytest.fixture
def in_thread() -> Iterator[Callable[..., Call]]:
    """Starts a function in a thread of its own; no thread outlives the test."""
    calls: list[Call] = []

    def start(function: Callable[..., Any], *args: Any) -> Call:
        calls.append(Call(function, *args))
        return calls[-1]

    yield start
    for call in calls:
        call.join()
