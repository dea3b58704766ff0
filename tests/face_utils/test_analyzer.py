"""`Analyzer` with a fake backend and with the real models."""

from __future__ import annotations

import pickle
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image as Pillow

import face_utils
from face_utils import (
    Analyzer,
    BadImage,
    Classification,
    FakeBackend,
    FrameResult,
    ModelUnavailable,
    Regression,
)
from face_utils.detection import Detection
from face_utils.frame import FrameReader
from face_utils.image import ImageLimits
from face_utils.model_spec import Smoothing
from face_utils.rotation import Rotation
from tests.support.drawn_faces import DrawnFaceDetector, draw
from tests.support.model_specs import classification, regression

MOOD = classification(smoothing=Smoothing("average", 30))
AGE = regression(interval_ms=1000)
IMAGE = np.random.default_rng(0).integers(0, 256, (480, 640, 3), dtype=np.uint8)
LIMITS = ImageLimits(10**7, 10**7)


class Scene:
    """An analyzer that finds faces where the test puts them."""

    def __init__(self, max_faces: int = 16, track_memory_seconds: float = 5.0) -> None:
        self.boxes: list[tuple[int, int, int, int]] = [(50, 100, 100, 100)]
        self.backend = FakeBackend(
            {
                "mood": {"probabilities": [0.75, 0.25]},
                "age": {"years": 30.0, "low": 25.0, "high": 36.0},
            }
        )
        reader = FrameReader(self._detect, LIMITS, max_faces)
        self.analyzer = Analyzer(
            [MOOD, AGE], self.backend, reader, track_memory_seconds=track_memory_seconds
        )

    def _detect(self, _image: object) -> list[Detection]:
        return [Detection(np.array(box, np.float32), 0.9) for box in self.boxes]

    def asked(self) -> list[str]:
        """Models that were asked since the last call."""
        names = [request.model.name for request in self.backend.requests]
        self.backend.requests.clear()
        return names


@pytest.fixture
def scene() -> Scene:
    return Scene()


def test_a_photo_gives_every_model_s_prediction_for_each_face(scene: Scene) -> None:
    scene.boxes.append((400, 100, 100, 100))

    result = scene.analyzer.analyze(IMAGE)

    assert (result.width, result.height) == (640, 480)
    assert [face.id for face in result.faces] == [1, 2]
    for face in result.faces:
        mood, age = face.predictions["mood"], face.predictions["age"]
        assert isinstance(mood, Classification)
        assert isinstance(age, Regression)
        assert (mood.label, age.value, age.unit) == ("calm", 30.0, "years")


def test_photos_are_independent(scene: Scene) -> None:
    scene.analyzer.analyze(IMAGE)
    scene.boxes = [(400, 300, 100, 100)]

    assert [face.id for face in scene.analyzer.analyze(IMAGE).faces] == [1]
    assert scene.asked() == ["mood", "age"] * 2


def test_a_video_keeps_ids_and_asks_each_model_at_its_interval(scene: Scene) -> None:
    results = [scene.analyzer.analyze(IMAGE, at=frame / 10) for frame in range(5)]

    assert {face.id for result in results for face in result.faces} == {1}
    assert scene.asked() == ["mood", "age", *["mood"] * 4]
    assert all("age" in result.faces[0].predictions for result in results)


def test_predictions_about_a_video_are_smoothed(scene: Scene) -> None:
    scene.analyzer.analyze(IMAGE, at=0.0)
    scene.backend.outputs = {**scene.backend.outputs, "mood": {"probabilities": [0.25, 0.75]}}

    mood = scene.analyzer.analyze(IMAGE, at=0.1).faces[0].predictions["mood"]

    assert isinstance(mood, Classification)
    assert mood.scores == pytest.approx({"calm": 0.5, "angry": 0.5})


def test_a_face_of_a_video_that_returns_keeps_its_id_and_its_predictions(scene: Scene) -> None:
    boxes = scene.boxes
    before = scene.analyzer.analyze(IMAGE, at=0.0).faces[0]
    scene.boxes = []
    scene.analyzer.analyze(IMAGE, at=0.1)
    scene.boxes = boxes
    image = np.zeros_like(IMAGE)  # Too dark for new predictions.

    [after] = scene.analyzer.analyze(image, at=4.0).faces

    assert (after.id, after.predictions) == (before.id, before.predictions)


def test_the_memory_for_faces_of_a_video_is_an_argument() -> None:
    scene = Scene(track_memory_seconds=2.0)
    boxes = scene.boxes
    scene.analyzer.analyze(IMAGE, at=0.0)
    scene.boxes = []
    scene.analyzer.analyze(IMAGE, at=0.1)
    scene.boxes = boxes

    assert [face.id for face in scene.analyzer.analyze(IMAGE, at=4.0).faces] == [2]


def test_of_more_faces_than_the_reader_s_limit_the_largest_are_analyzed() -> None:
    scene = Scene(max_faces=1)
    scene.boxes.append((300, 100, 150, 150))

    assert [face.box.x for face in scene.analyzer.analyze(IMAGE).faces] == [300]


@pytest.mark.parametrize("at", [None, 0.0])
def test_an_image_of_a_turned_camera_is_rotated(scene: Scene, at: float | None) -> None:
    result = scene.analyzer.analyze(IMAGE, at, rotate=90)

    assert (result.width, result.height) == (480, 640)


def test_a_face_gets_another_id_if_the_frames_are_rotated_differently(scene: Scene) -> None:
    rotations: tuple[Rotation, ...] = (0, 180, 180, 0)

    results = [scene.analyzer.analyze(IMAGE, i / 10, rotate=r) for i, r in enumerate(rotations)]

    assert [face.id for result in results for face in result.faces] == [1, 2, 2, 3]


def test_only_quarter_turns_are_possible(scene: Scene) -> None:
    with pytest.raises(ValueError, match=r"rotate must be one of \(0, 90, 180, 270\), not 45"):
        scene.analyzer.analyze(IMAGE, rotate=45)  # type: ignore[arg-type]


def test_after_a_reset_the_next_frame_is_of_another_video(scene: Scene) -> None:
    scene.analyzer.analyze(IMAGE, at=100.0)
    scene.analyzer.reset()

    scene.analyzer.analyze(IMAGE, at=0.0)

    assert scene.asked() == ["mood", "age"] * 2


def test_a_face_that_cannot_be_assessed_has_reasons_and_no_predictions(scene: Scene) -> None:
    [face] = scene.analyzer.analyze(np.zeros_like(IMAGE)).faces

    assert "too_dark" in face.quality.reasons
    assert face.predictions == {}


@pytest.mark.parametrize("unavailable", [{"age"}, {"mood"}, {"mood", "age"}])
def test_a_model_that_cannot_be_asked_is_an_error_and_all_are_asked_again(
    scene: Scene, unavailable: set[str]
) -> None:
    scene.backend.unavailable = unavailable
    with pytest.raises(ModelUnavailable):
        scene.analyzer.analyze(IMAGE, at=0.0)
    scene.backend.unavailable = set()

    [face] = scene.analyzer.analyze(IMAGE, at=0.1).faces
    assert face.predictions.keys() == {"mood", "age"}


@pytest.mark.parametrize(
    "image",
    [
        b"not an image",
        np.zeros((4, 4, 3), np.float32),
        np.zeros((0, 4, 3), np.uint8),
        np.zeros((4, 4, 5), np.uint8),
    ],
    ids=["bytes", "float", "empty", "five channels"],
)
def test_an_invalid_image_is_refused(scene: Scene, image: bytes | np.ndarray) -> None:
    with pytest.raises(BadImage):
        scene.analyzer.analyze(image)


@pytest.mark.parametrize(
    ("image", "words"),
    [
        (IMAGE.astype(np.uint16) * 257, "uint8 from 0 to 255, not uint16"),
        (IMAGE.astype(np.float32) / 255, "uint8 from 0 to 255, not float32"),
        (np.dstack([IMAGE, IMAGE[..., :1]]), "not (480, 640, 4). Convert it with cv2.cvtColor"),
        (IMAGE[None], "(height, width, 3) or (height, width), not (1, 480, 640, 3)"),
        (np.zeros((0, 0), np.uint8), "not (0, 0)"),
    ],
    ids=["uint16", "float", "alpha", "batch", "empty"],
)
def test_an_array_that_is_not_an_image_is_refused_in_words(
    scene: Scene, image: np.ndarray, words: str
) -> None:
    with pytest.raises(BadImage, match=re.escape(words)):
        scene.analyzer.analyze(image)


@pytest.mark.parametrize(
    ("image", "words"),
    [
        ("photo.jpg", "not str. Read the file first"),
        (Path("photo.jpg"), "Path. Read the file first"),
        (None, "not NoneType. cv2.imread and VideoCapture.read give None"),
        (IMAGE.tolist(), "not list. Convert it with np.asarray"),
        (Pillow.new("RGB", (64, 64)), "not Image. Convert it with np.asarray"),
    ],
    ids=["name", "path", "none", "list", "pillow"],
)
def test_what_is_neither_bytes_nor_an_array_is_refused_with_a_hint(
    scene: Scene, image: object, words: str
) -> None:
    with pytest.raises(TypeError, match=re.escape(words)):
        scene.analyzer.analyze(image)  # type: ignore[arg-type]


def views() -> dict[str, np.ndarray]:
    """The same image in every layout that NumPy has."""
    read_only = IMAGE.copy()
    read_only.flags.writeable = False
    return {
        "read-only": read_only,
        "Fortran order": np.asfortranarray(IMAGE),
        "reversed channels": np.ascontiguousarray(IMAGE[..., ::-1])[..., ::-1],
        "part of a larger one": np.pad(IMAGE, ((9, 9), (9, 9), (0, 0)))[9:-9, 9:-9],
    }


@pytest.mark.parametrize("layout", views())
def test_an_array_of_any_layout_is_read_and_not_touched(scene: Scene, layout: str) -> None:
    image = views()[layout]

    [face] = scene.analyzer.analyze(image).faces

    crops = [request.crops for request in scene.backend.requests]
    scene.backend.requests.clear()
    scene.analyzer.analyze(IMAGE)
    assert face.predictions.keys() == {"mood", "age"}
    for crop, request in zip(crops, scene.backend.requests, strict=True):
        np.testing.assert_array_equal(crop, request.crops)
    np.testing.assert_array_equal(image, IMAGE)


@pytest.mark.parametrize("kind", [bytes, bytearray, memoryview])
def test_a_file_may_be_any_kind_of_bytes(scene: Scene, kind: type) -> None:
    png = cv2.imencode(".png", IMAGE)[1].tobytes()

    assert scene.analyzer.analyze(kind(png)).width == 640


def test_the_time_of_frames_may_stand_still_but_not_go_back(scene: Scene) -> None:
    for at in (10.0, 10.0, np.float32(10.5)):
        scene.analyzer.analyze(IMAGE, at=float(at))

    with pytest.raises(ValueError, match=r"went back from 10\.5 to 3 s\. Call reset\(\)"):
        scene.analyzer.analyze(IMAGE, at=3.0)
    assert scene.analyzer.analyze(IMAGE, at=11.0).faces[0].id == 1


@pytest.mark.parametrize("at", [float("nan"), float("inf"), float("-inf")])
def test_the_time_of_a_frame_is_a_number(scene: Scene, at: float) -> None:
    with pytest.raises(ValueError, match="must be a finite number"):
        scene.analyzer.analyze(IMAGE, at=at)


def test_a_closed_analyzer_says_so_and_closes_its_backend_once(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed: list[int] = []
    monkeypatch.setattr(scene.backend, "close", lambda: closed.append(1))
    with scene.analyzer:
        scene.analyzer.close()

    with pytest.raises(RuntimeError, match="The analyzer is closed"):
        scene.analyzer.analyze(IMAGE)
    assert closed == [1]


def test_a_result_survives_pickle_and_json(scene: Scene) -> None:
    result = scene.analyzer.analyze(IMAGE)

    assert pickle.loads(pickle.dumps(result)) == result
    assert FrameResult.model_validate_json(result.model_dump_json()) == result


def test_predictions_print_as_people_say_them(scene: Scene) -> None:
    [face] = scene.analyzer.analyze(IMAGE).faces

    assert str(face.predictions["mood"]) == "calm (75 %)"
    assert str(face.predictions["age"]) == "30 years (25 to 36)"


def test_an_unsure_prediction_prints_without_a_percentage(scene: Scene) -> None:
    unsure = Classification(label="unsure", confidence=0.4, scores={"calm": 0.4})

    assert str(unsure) == "unsure"


@pytest.fixture(scope="module")
def real() -> Iterator[Analyzer]:
    with Analyzer.open() as analyzer:
        yield analyzer


def test_real_models_analyze_a_real_face(real: Analyzer, face_jpeg: bytes) -> None:
    [face] = real.analyze(face_jpeg, activation=True).faces

    emotion, age, gender = (face.predictions[name] for name in ("emotion", "age", "gender"))
    assert isinstance(emotion, Classification)
    assert isinstance(gender, Classification)
    assert isinstance(age, Regression)
    assert emotion.label == "happiness"
    assert set(gender.scores) == {"female", "male"}
    assert age.low <= age.value <= age.high
    assert emotion.activation is not None


def test_a_grey_image_is_analyzed_too(real: Analyzer, face_image: np.ndarray) -> None:
    [face] = real.analyze(face_image.mean(axis=-1).astype(np.uint8)).faces

    assert face.predictions["emotion"]


def test_an_analyzer_takes_photos_from_many_threads(real: Analyzer, face_image: np.ndarray) -> None:
    photos = [face_image, face_image[:, ::-1], face_image[::2, ::2], face_image[:256]] * 3
    expected = [real.analyze(photo).faces for photo in photos]

    with ThreadPoolExecutor(4) as pool:
        results = [result.faces for result in pool.map(real.analyze, photos)]

    assert results == expected


def test_each_thread_may_follow_its_own_camera(face_image: np.ndarray) -> None:
    def follow(shift: int) -> list[FrameResult]:
        frames = [np.roll(face_image, shift * number, axis=1) for number in range(6)]
        with Analyzer.open() as analyzer:
            return [analyzer.analyze(frame, at=at / 10) for at, frame in enumerate(frames)]

    alone = [follow(shift) for shift in (0, 3, 6)]
    with ThreadPoolExecutor(3) as pool:
        together = list(pool.map(follow, (0, 3, 6)))

    for one, other in zip(alone, together, strict=True):
        assert [result.faces for result in one] == [result.faces for result in other]


def test_opening_leaves_the_caller_s_opencv_as_it_was() -> None:
    before = cv2.getNumThreads()
    cv2.setNumThreads(3)
    try:
        Analyzer.open().close()
        assert cv2.getNumThreads() == 3
    finally:
        cv2.setNumThreads(before)


def test_every_public_name_can_be_imported() -> None:
    assert sorted(face_utils.__all__) == face_utils.__all__
    assert [name for name in face_utils.__all__ if not hasattr(face_utils, name)] == []


def test_the_public_names_are_these() -> None:
    """Adding a name here is a promise. Removing one breaks somebody's program."""
    assert set(face_utils.__all__) == {
        *("Analyzer", "Backend", "FakeBackend", "ModelOutputs", "ModelSpec", "PredictRequest"),
        *("Activation", "Box", "Classification", "Face", "FrameResult", "Point", "Prediction"),
        *("Quality", "Regression", "Timings"),
        *("Detection", "FrameReader", "ImageLimits", "Smoothing"),
        *("BadImage", "ImageTooLarge", "MienError", "ModelUnavailable"),
    }


def test_a_live_frame_is_searched_in_parts_and_a_video_s_frame_everywhere() -> None:
    detector, searched = DrawnFaceDetector(), []
    reader = FrameReader(lambda image: searched.append(image) or [], LIMITS, 16, detector)
    frame = draw(640, 480, [(200, 100, 120, 120)])
    with Analyzer([], FakeBackend({}), reader) as analyzer:
        ids = [
            [face.id for face in analyzer.analyze(frame, at=at / 10, live=True).faces]
            for at in range(5)
        ]
        assert (ids, searched) == ([[1]] * 5, [])
        assert detector.canvases.count((256, 320)) == 1

        analyzer.analyze(frame, at=1.0)
        analyzer.analyze(frame)
        assert len(searched) == 2


def test_a_photo_cannot_be_live(scene: Scene) -> None:
    with pytest.raises(ValueError, match="live needs the time of the frame"):
        scene.analyzer.analyze(IMAGE, live=True)
