"""`Analyzer` with a fake backend and with the real models."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

import face_utils
from face_utils import Analyzer, BadImage, Classification, FakeBackend, ModelUnavailable, Regression
from face_utils.detection import Detection
from face_utils.frame import FrameReader
from face_utils.image import ImageLimits
from face_utils.model_spec import Smoothing
from tests.support.model_specs import classification, regression

MOOD = classification(smoothing=Smoothing("average", 30))
AGE = regression(interval_ms=1000)
IMAGE = np.random.default_rng(0).integers(0, 256, (480, 640, 3), dtype=np.uint8)
LIMITS = ImageLimits(10**7, 10**7)


class Scene:
    """An analyzer that finds faces where the test puts them."""

    def __init__(self) -> None:
        self.boxes: list[tuple[int, int, int, int]] = [(50, 100, 100, 100)]
        self.backend = FakeBackend(
            {
                "mood": {"probabilities": [0.75, 0.25]},
                "age": {"years": 30.0, "low": 25.0, "high": 36.0},
            }
        )
        reader = FrameReader(self._detect, LIMITS, max_faces=16)
        self.analyzer = Analyzer([MOOD, AGE], self.backend, reader)

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


def test_photos_do_not_know_of_each_other(scene: Scene) -> None:
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


def test_after_a_reset_the_next_frame_is_of_another_video(scene: Scene) -> None:
    scene.analyzer.analyze(IMAGE, at=100.0)
    scene.analyzer.reset()

    scene.analyzer.analyze(IMAGE, at=0.0)

    assert scene.asked() == ["mood", "age"] * 2


def test_a_face_that_cannot_be_assessed_has_reasons_and_no_predictions(scene: Scene) -> None:
    [face] = scene.analyzer.analyze(np.zeros_like(IMAGE)).faces

    assert "too_dark" in face.quality.reasons
    assert face.predictions == {}


def test_a_model_that_cannot_be_asked_is_an_error_and_is_asked_again(scene: Scene) -> None:
    scene.backend.unavailable = {"age"}
    with pytest.raises(ModelUnavailable):
        scene.analyzer.analyze(IMAGE, at=0.0)
    scene.backend.unavailable = set()

    assert "age" in scene.analyzer.analyze(IMAGE, at=0.1).faces[0].predictions


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


def test_every_public_name_can_be_imported() -> None:
    assert sorted(face_utils.__all__) == face_utils.__all__
    assert [name for name in face_utils.__all__ if not hasattr(face_utils, name)] == []


def test_the_public_names_are_these() -> None:
    """Adding a name here is a promise. Removing one breaks somebody's program."""
    assert set(face_utils.__all__) == {
        *("Analyzer", "Backend", "FakeBackend", "ModelOutputs", "ModelSpec", "PredictRequest"),
        *("Activation", "Box", "Classification", "Face", "FrameResult", "Point", "Prediction"),
        *("Quality", "Regression", "Timings"),
        *("BadImage", "ImageTooLarge", "MienError", "ModelUnavailable"),
    }
