"""A library analyzer with and without a real model server."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from unittest.mock import Mock

import numpy as np
import psutil
import pytest

from face_utils import Analyzer, Classification, Face, ModelUnavailable, Regression
from face_utils.detectors import own
from serving import analyzer_parts

ROOT = Path(__file__).parents[2]
TIMEOUT_SECONDS = 30
READY = "model server ready on "


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """The address of a model server in a process of its own."""
    command = [sys.executable, "-m", "serving", "--port", "0"]
    pipe = subprocess.PIPE
    with subprocess.Popen(
        command, cwd=ROOT, stdout=pipe, stderr=subprocess.DEVNULL, text=True
    ) as process:
        assert process.stdout is not None
        try:
            line = process.stdout.readline()
            assert line.startswith(READY)
            yield line.removeprefix(READY).strip()
        finally:
            process.terminate()
            process.communicate(timeout=TIMEOUT_SECONDS)


@pytest.fixture
def nothing_left() -> Iterator[None]:
    """Fails if the test leaves a thread or a child process behind."""
    threads, children = set(threading.enumerate()), set(psutil.Process().children())
    yield
    deadline = time.monotonic() + TIMEOUT_SECONDS
    while left := set(threading.enumerate()) - threads:
        assert time.monotonic() < deadline, left
        time.sleep(0.01)
    assert set(psutil.Process().children()) == children


def assert_alike(face: Face, other: Face) -> None:
    assert face.model_dump(exclude={"predictions"}) == other.model_dump(exclude={"predictions"})
    assert face.predictions.keys() == other.predictions.keys() == {"emotion", "age", "gender"}
    for name, prediction in face.predictions.items():
        twin = other.predictions[name]
        if isinstance(prediction, Classification):
            assert isinstance(twin, Classification)
            assert prediction.label == twin.label
            assert prediction.scores == pytest.approx(twin.scores, abs=0.01)
        else:
            assert isinstance(twin, Regression)
            values = (prediction.value, prediction.low, prediction.high)
            assert values == pytest.approx((twin.value, twin.low, twin.high), abs=0.01)


@pytest.mark.usefixtures("nothing_left")
def test_a_photo_gives_the_same_with_a_model_server_as_in_process(
    server: str, face_image: np.ndarray
) -> None:
    with Analyzer.open(server) as remote, Analyzer.open() as local:
        [face], [other] = remote.analyze(face_image).faces, local.analyze(face_image).faces

    assert_alike(face, other)


@pytest.mark.usefixtures("nothing_left")
def test_a_video_gives_the_same_with_a_model_server_as_in_process(
    server: str, face_image: np.ndarray
) -> None:
    frames = [np.roll(face_image, 4 * number, axis=1) for number in range(5)]
    with Analyzer.open(server) as remote, Analyzer.open() as local:
        for number, frame in enumerate(frames):
            [face] = remote.analyze(frame, at=number / 5).faces
            [other] = local.analyze(frame, at=number / 5).faces
            assert_alike(face, other)


@pytest.mark.usefixtures("nothing_left")
def test_the_evidence_comes_from_a_model_server_too(server: str, face_image: np.ndarray) -> None:
    with Analyzer.open(server) as remote, Analyzer.open() as local:
        [face] = remote.analyze(face_image, activation=True).faces
        [other] = local.analyze(face_image, activation=True).faces

    evidence, twin = face.predictions["emotion"].activation, other.predictions["emotion"].activation
    assert evidence is not None and twin is not None
    assert evidence.square == twin.square
    assert np.array(evidence.grid) == pytest.approx(np.array(twin.grid), abs=0.01)


@pytest.mark.usefixtures("nothing_left")
def test_without_a_model_server_opening_fails_after_the_given_time(
    free_port: Callable[[], int],
) -> None:
    address = f"127.0.0.1:{free_port()}"
    start = time.monotonic()

    with pytest.raises(ModelUnavailable) as caught:
        Analyzer.open(address, connect_seconds=0.5)

    assert 0.5 <= time.monotonic() - start < TIMEOUT_SECONDS
    message = str(caught.value)
    assert message.startswith(f"The model 'emotion' is not available at '{address}' after 0.5 s.")
    assert "Check the address" in message


@contextmanager
def serving(port: int) -> Iterator[None]:
    """Starts a server on a port and does not wait for it."""
    command = [sys.executable, "-m", "serving", "--port", str(port)]
    quiet = subprocess.DEVNULL
    with subprocess.Popen(command, cwd=ROOT, stdout=quiet, stderr=quiet) as process:
        try:
            yield
        finally:
            process.terminate()


@pytest.mark.usefixtures("nothing_left")
def test_a_server_that_starts_late_is_waited_for_and_one_that_comes_back_is_found(
    free_port: Callable[[], int], face_image: np.ndarray
) -> None:
    port = free_port()
    with ExitStack() as stack:
        with serving(port):
            address = f"127.0.0.1:{port}"
            analyzer = stack.enter_context(Analyzer.open(address, connect_seconds=TIMEOUT_SECONDS))
            [before] = analyzer.analyze(face_image, at=0.0).faces
        with pytest.raises(ModelUnavailable, match="does not respond"):
            analyzer.analyze(face_image, at=10.0)
        with serving(port):
            after = analyze_when_back(analyzer, face_image)

    assert (before.id, after.id) == (1, 2)  # Ten seconds later it is another face.
    assert before.predictions.keys() == after.predictions.keys() == {"emotion", "age", "gender"}


def analyze_when_back(analyzer: Analyzer, image: np.ndarray) -> Face:
    deadline = time.monotonic() + TIMEOUT_SECONDS
    while True:
        try:
            [face] = analyzer.analyze(image, at=10.0).faces
            return face
        except ModelUnavailable:
            assert time.monotonic() < deadline
            time.sleep(0.1)


def test_threads_that_open_at_once_load_one_detector_after_the_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Each sets OpenCV's number of threads, and restores it."""
    loading, together = 0, []

    def build(*_: object) -> object:
        nonlocal loading
        loading += 1
        time.sleep(0.01)  # Gives the other threads time to come in.
        together.append(loading)
        loading -= 1
        return Mock()

    monkeypatch.setattr(analyzer_parts, "build_detector", build)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: analyzer_parts._build_detector(), range(4)))

    assert together == [1, 1, 1, 1]


def test_a_missing_detector_is_named_and_not_replaced_by_a_worse_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(own, "FOLDER", Path("nowhere") / "face_detector")

    with pytest.raises(FileNotFoundError, match=r"face_detector is missing"):
        Analyzer.open()


FORGETS_TO_CLOSE = """
import sys
import skimage.data
from face_utils import Analyzer
analyzer = Analyzer.open(*sys.argv[1:])
print(len(analyzer.analyze(skimage.data.astronaut()[..., ::-1]).faces))
"""


@pytest.mark.parametrize("where", ["server", "in process"])
def test_a_program_that_does_not_close_exits_silently(server: str, where: str) -> None:
    command = [sys.executable, "-X", "dev", "-W", "error", "-c", FORGETS_TO_CLOSE]
    result = subprocess.run(
        [*command, *([server] if where == "server" else [])],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=TIMEOUT_SECONDS,
        check=False,
    )

    assert (result.stdout, result.stderr, result.returncode) == ("1\n", "", 0)
