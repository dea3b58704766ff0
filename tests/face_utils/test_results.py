from __future__ import annotations

import json

import numpy as np
import pytest

from face_utils.cropping import Square
from face_utils.detection import Detection
from face_utils.pipeline import FrameAnalysis
from face_utils.quality import Quality
from face_utils.results import DetectedFace, Timings, describe, explain
from face_utils.session_events import AnalyzedFrame, FrameStamp
from tests.support.model_specs import classification, regression
from web.protocol.acks import Analysed

MOOD = classification(labels=("calm", "angry", "sad"), unsure_below=0.5)
AGE = regression()


def probabilities(*values):
    return {"probabilities": np.array(values, np.float32)}


def test_an_acknowledgement_has_the_fields_of_the_protocol():
    landmarks = np.array([[1.04, 2], [3, 4], [5, 6], [7, 8]], np.float32)
    detection = Detection(np.array([1.26, -2, 30, 40], np.float32), np.float32(0.98769), landmarks)
    quality = Quality(reasons=("too_small", "blurred"))
    faces = [DetectedFace.from_detection(7, detection, quality)]

    timings = Timings(decode_ms=1.5, total_ms=9.0)
    analysis = FrameAnalysis(640, 480, faces, timings, batches=[])
    wire = Analysed.of(AnalyzedFrame(FrameStamp(42), 0.0, analysis)).to_wire()

    assert json.loads(json.dumps(wire)) == {
        "seq": 42,
        "status": "analysed",
        "width": 640,
        "height": 480,
        "faces": [
            {
                "id": 7,
                "box": [1.3, -2.0, 30.0, 40.0],
                "score": 0.9877,
                "landmarks": [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0], [7.0, 8.0]],
                "quality": {"ok": False, "reasons": ["too_small", "blurred"]},
            }
        ],
        "timings": {"decode_ms": 1.5, "detect_ms": 0.0, "total_ms": 9.0},
    }


def test_unknown_landmarks_are_null():
    detection = Detection(np.zeros(4, np.float32), 1.0)
    wire = DetectedFace.from_detection(1, detection, Quality()).model_dump(mode="json")

    assert wire["landmarks"] is None
    assert wire["quality"] == {"ok": True, "reasons": []}


def test_a_classification_names_its_best_label_and_all_scores():
    wire = describe(MOOD, probabilities(0.125, 0.75, 0.125)).model_dump(exclude_none=True)

    assert json.loads(json.dumps(wire)) == {
        "label": "angry",
        "confidence": 0.75,
        "scores": {"calm": 0.125, "angry": 0.75, "sad": 0.125},
    }


@pytest.mark.parametrize(("best", "label"), [(0.5, "calm"), (0.499, "unsure")])
def test_below_its_bound_a_classification_is_unsure(best, label):
    wire = describe(MOOD, probabilities(best, 1 - best - 0.2, 0.2)).model_dump()

    assert wire["label"] == label
    assert wire["confidence"] == pytest.approx(best)


def test_scores_sum_to_one_on_the_wire():
    rng = np.random.default_rng(0)

    for answer in rng.dirichlet([0.3] * 3, 50):
        assert sum(
            describe(MOOD, probabilities(*answer)).model_dump()["scores"].values()
        ) == pytest.approx(1, abs=1e-5)


def test_a_regression_gives_its_value_and_its_range():
    outputs = {"years": np.float32(31.256), "low": np.float32(25), "high": np.float32(38.5)}

    wire = describe(AGE, outputs).model_dump(exclude_none=True)

    assert json.loads(json.dumps(wire)) == {
        "value": 31.26,
        "low": 25.0,
        "high": 38.5,
        "unit": "years",
    }


def test_a_prediction_of_another_number_of_classes_is_refused():
    with pytest.raises(ValueError, match="shorter"):
        describe(MOOD, probabilities(0.5, 0.5))


def test_an_activation_has_the_fields_of_the_protocol():
    maps = np.array([[[0, 1, 2], [0, 2, 1]]], np.float32)
    square = Square(100.04, 50.0, 33.333, roll=-12.345)

    wire = explain(MOOD, probabilities(0.1, 0.8, 0.1), maps, square).model_dump(mode="json")

    assert json.loads(json.dumps(wire)) == {
        "square": [100.0, 50.0, 33.3, -12.3],
        "grid": [[0.0, 1.0]],
    }


def test_a_regression_is_explained_by_the_class_of_its_value():
    maps = np.zeros((1, 2, 40), np.float32)
    maps[0, 1, 31] = 1
    outputs = {"years": np.float32(31.256), "low": np.float32(25), "high": np.float32(38.5)}

    assert explain(AGE, outputs, maps, Square(0, 0, 1)).grid == [[0.0, 1.0]]
