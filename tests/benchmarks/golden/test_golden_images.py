"""The shipped models on the golden images: no data set is needed.

`python -m benchmarks.golden` prints the predictions that these tests check.
"""

from __future__ import annotations

import tomllib
from dataclasses import replace

import cv2
import numpy as np
import pytest

from benchmarks.golden.__main__ import main
from benchmarks.golden.conditions import CONDITIONS
from benchmarks.golden.faces import FOLDER, load_faces
from benchmarks.golden.predictions import predict_all
from benchmarks.golden.records import changes, read_records, to_records
from benchmarks.golden.scores import score
from benchmarks.models import load_models
from serving.contract import CONTRACT, MODELS, load_contract

MODEL_NAMES = [name for name in load_contract() if any(name in f.truth for f in load_faces())]
REDISTRIBUTABLE = {"public domain", "CC0-1.0", "CC-BY-4.0"}
LARGEST_FOLDER = 2_000_000

each_model = pytest.mark.parametrize("name", MODEL_NAMES)


@pytest.fixture(scope="module")
def models():
    return load_models(CONTRACT, MODELS)


@pytest.fixture(scope="module")
def predictions(models):
    return predict_all(load_faces(), models)


def with_outputs(predictions, name, change):
    """The predictions, with the outputs of one model changed."""
    return [
        replace(prediction, outputs={**prediction.outputs, name: change(prediction.outputs[name])})
        for prediction in predictions
        if prediction.outputs
    ]


def stuck(model, value):
    """Gives the outputs of a model that says the same of every face, and is sure of it."""

    def outputs(before):
        if model.spec.kind == "classification":
            certain = np.eye(len(model.spec.labels), dtype=np.float32)[value]
            return {**before, "probabilities": certain}
        return {**before, model.spec.unit: np.float32(value)}

    return outputs


def test_every_face_that_looks_at_the_camera_is_found_in_every_condition(predictions):
    looking = [prediction for prediction in predictions if not prediction.face.quality_reasons]

    assert len(looking) >= 2 * len(CONDITIONS)
    assert min(prediction.overlap for prediction in looking) > 0.7


def test_a_face_in_profile_is_found_as_it_is(predictions):
    assert all(p.overlap > 0.7 for p in predictions if p.condition == "as it is")


def test_only_the_face_turned_away_has_a_quality_reason(predictions):
    assert {p.face.quality_reasons for p in predictions} == {(), ("turned_away",)}
    for prediction in predictions:
        if prediction.overlap:
            expected = prediction.face.quality_reasons
            assert prediction.quality_reasons == expected, prediction.condition


@each_model
def test_a_shipped_model_reaches_its_bar(models, predictions, name):
    assert score(models[name].spec, predictions).good_enough


@each_model
def test_a_model_that_says_the_same_of_every_face_misses_its_bar(models, predictions, name):
    model = models[name]
    values = range(len(model.spec.labels)) if model.spec.labels else range(0, 101, 5)
    for value in values:
        constant = with_outputs(predictions, name, stuck(model, value))
        assert not score(model.spec, constant).good_enough, value


def test_the_models_predict_what_they_predicted_at_their_release(predictions):
    assert changes(predictions, read_records()) == []


@each_model
def test_a_model_that_sees_less_predicts_something_else(models, predictions, name):
    """Crops at a tenth of their size stand for a broken step between frame and model."""
    model = models[name]

    class Blurred:
        spec = model.spec

        def predict(self, crops):
            [crop] = crops
            few = cv2.resize(crop, None, fx=0.1, fy=0.1, interpolation=cv2.INTER_AREA)
            return model.predict(cv2.resize(few, crop.shape, interpolation=cv2.INTER_LINEAR)[None])

    blurred = predict_all(load_faces(), {name: Blurred()})
    merged = [
        replace(sharp, outputs={**sharp.outputs, **worse.outputs})
        for sharp, worse in zip(predictions, blurred, strict=True)
    ]

    assert len(changes(merged, to_records(predictions))) > len(CONDITIONS)


def test_every_image_may_be_redistributed_and_has_its_source_in_the_readme():
    readme = (FOLDER / "README.md").read_text(encoding="utf-8")
    tables = tomllib.loads((FOLDER / "faces.toml").read_text(encoding="utf-8"))

    files = {file.name for file in FOLDER.iterdir() if file.suffix not in {".md", ".toml", ".json"}}
    assert files == {table["file"] for table in tables.values()}
    assert {table["licence"] for table in tables.values()} <= REDISTRIBUTABLE
    for table in tables.values():
        assert f"| `{table['file']}` | {table['licence']} |" in readme
    assert sum(file.stat().st_size for file in FOLDER.iterdir()) < LARGEST_FOLDER


def test_the_command_prints_a_row_for_each_face_and_condition(capsys):
    assert main([]) == 0
    printed = capsys.readouterr().out

    for face in load_faces():
        for condition in CONDITIONS:
            assert f"| {face.name} | {condition} | " in printed
    assert printed.count("reaches its bar") == len(MODEL_NAMES)
