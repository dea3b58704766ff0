from __future__ import annotations

import pytest

from face_utils.model_schedule import ModelSchedule
from face_utils.model_spec import Smoothing
from serving.contract import ContractError, load_contract

CLASSIFICATION = """
[mood]
title = "Mood"
kind = "classification"
labels = ["calm", "angry"]
size = 48
margin = 0.05
interval_ms = 100
smoothing = { method = "half_life", seconds = 0.4 }
"""
REGRESSION = """
[age]
title = "Age"
kind = "regression"
unit = "years"
size = 64
margin = 0
interval_ms = 3000
smoothing = { method = "average", seconds = 30 }
"""


@pytest.fixture
def load(tmp_path):
    def load_text(text):
        path = tmp_path / "models.toml"
        path.write_text(text, encoding="utf-8")
        return load_contract(path)

    return load_text


def test_the_project_s_own_contract_has_the_three_models():
    models = load_contract()

    assert list(models)[:3] == ["emotion", "age", "gender"]
    assert models["emotion"].labels == (
        "neutral", "happiness", "surprise", "sadness", "anger", "disgust", "fear", "contempt",
    )  # fmt: skip
    assert models["gender"].labels == ("female", "male")
    assert models["age"].outputs == ("years", "low", "high")


@pytest.mark.parametrize(("model", "predictions"), [("emotion", 60), ("age", 2), ("gender", 2)])
def test_the_shipped_intervals_fit_a_webcam_at_10_frames_a_second(model, predictions):
    interval = load_contract()[model].interval_ms / 1000
    schedule = ModelSchedule()
    seen = 0
    for now in (frame / 10 for frame in range(60)):
        due = schedule.due(model, [1], now)
        schedule.asked(model, due, now, interval)
        seen += len(due)

    assert seen == pytest.approx(predictions, abs=1)


def test_each_table_becomes_a_model_in_the_order_of_the_file(load):
    mood, age = load(CLASSIFICATION + REGRESSION).values()

    assert (mood.name, mood.title, mood.size, mood.margin) == ("mood", "Mood", 48, 0.05)
    assert mood.labels == ("calm", "angry")
    assert mood.smoothing == Smoothing("half_life", 0.4)
    assert (mood.unsure_below, mood.activation) == (0, False)
    assert (age.name, age.kind, age.unit, age.labels) == ("age", "regression", "years", ())


def test_a_model_can_declare_class_activation(load):
    assert load(CLASSIFICATION + "activation = true")["mood"].activation is True


def test_what_is_written_for_people_is_part_of_the_model(load):
    text = 'licence = "Apache-2.0"\ndata = "FER+"\nquality = { accuracy = 0.8 }\n'

    mood = load(CLASSIFICATION + text)["mood"]

    assert (mood.licence, mood.data, mood.quality) == ("Apache-2.0", "FER+", {"accuracy": 0.8})
    assert mood == load(CLASSIFICATION)["mood"]


def test_the_old_name_of_a_regression_is_accepted(load):
    old = load(REGRESSION.replace('"regression"', '"measure"'))

    assert old == load(REGRESSION)


def test_a_fourth_model_only_needs_its_table(load):
    text = CLASSIFICATION.replace("[mood]", "[glasses]")

    assert list(load(CLASSIFICATION + REGRESSION + text)) == ["mood", "age", "glasses"]


@pytest.mark.parametrize("key", ["title", "kind", "size", "margin", "interval_ms", "smoothing"])
def test_a_missing_key_is_named_with_its_model(load, key):
    text = "\n".join(line for line in CLASSIFICATION.splitlines() if not line.startswith(key))

    with pytest.raises(ContractError, match=rf"models\.toml \[mood\]: {key} is required"):
        load(text)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("colour = 1", "the table has an unknown key 'colour'"),
        ("unsure = 0.5", "unknown key 'unsure'. Did you mean 'unsure_below'?"),
        ("lables = ['a', 'b']", "unknown key 'lables'. Did you mean 'labels'?"),
        ("name = 'x'", "unknown key 'name'"),
        ("title = 5", "title must be text"),
        ("kind = 'guess'", "kind must be one of 'classification', 'regression'"),
        ("kind = 1", "kind must be one of"),
        ("labels = 'calm'", "labels must be a list of texts"),
        ("labels = [1, 2]", "labels[0] must be text"),
        ("labels = ['calm']", "labels must have two or more entries"),
        ("labels = ['calm', 'calm']", "labels must all differ"),
        ("size = '48'", "size must be a whole number from 16 to 512"),
        ("size = 48.5", "size must be a whole number"),
        ("size = true", "size must be a whole number"),
        ("size = 8", "size must be a whole number from 16 to 512"),
        ("margin = 'wide'", "margin must be a number from 0 to 1"),
        ("margin = true", "margin must be a number from 0 to 1"),
        ("margin = 1.5", "margin must be a number from 0 to 1"),
        ("margin = nan", "margin must be a number from 0 to 1"),
        ("interval_ms = '100'", "interval_ms must be a whole number"),
        ("interval_ms = -1", "interval_ms must be a whole number from 0 to 600000"),
        ("smoothing = 'much'", "smoothing must be a table"),
        ("smoothing = { method = 'average' }", "smoothing.seconds is required"),
        ("smoothing = { seconds = 1 }", "smoothing.method is required and must be one of"),
        (
            "smoothing = { method = 'average', seconds = 1, methods = 2 }",
            "smoothing has an unknown key 'methods'. Did you mean 'method'?",
        ),
        ("smoothing = { method = 'magic', seconds = 1 }", "smoothing.method must be one of"),
        (
            "smoothing = { method = 'average', seconds = '1' }",
            "smoothing.seconds must be a number above 0",
        ),
        ("smoothing = { method = 'average', seconds = true }", "smoothing.seconds must be a"),
        ("smoothing = { method = 'average', seconds = 0 }", "seconds must be a number above 0"),
        ("smoothing = { method = 'average', seconds = inf }", "seconds must be a number above 0"),
        ("unsure_below = 'x'", "unsure_below must be a number from 0 to 1"),
        ("unsure_below = 2", "unsure_below must be a number from 0 to 1"),
        ("activation = 1", "activation must be true or false"),
        ("activation = 'yes'", "activation must be true or false"),
        ("licence = 1", "licence must be text"),
        ("quality = 'good'", "quality must be a table"),
        ("quality = { accuracy = 'good' }", "quality.accuracy must be a number"),
    ],
)
def test_a_wrong_value_is_named_with_its_model_and_its_key(load, line, message):
    key = line.split()[0]
    lines = [old for old in CLASSIFICATION.splitlines() if not old.startswith(key)]

    with pytest.raises(ContractError) as error:
        load("\n".join([*lines, line]))

    assert "models.toml [mood]" in str(error.value)
    assert message in str(error.value)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('unit = "years"', "", "unit is required for a regression"),
        (
            'unit = "years"',
            "unit = 'years'\nlabels = ['a', 'b']",
            "labels must be empty for a regression",
        ),
    ],
)
def test_a_regression_has_a_unit_and_no_labels(load, old, new, message):
    with pytest.raises(ContractError, match=rf"\[age\]: {message}"):
        load(REGRESSION.replace(old, new))


def test_a_key_outside_of_every_table_is_named(load):
    with pytest.raises(ContractError, match=r"models\.toml: size is outside of every table"):
        load("size = 48\n" + CLASSIFICATION)


def test_invalid_toml_is_reported_with_its_line(load):
    with pytest.raises(ContractError, match=r"models\.toml is not valid TOML: .*line 2"):
        load("[mood]\nsize = = 3\n")


def test_a_missing_file_is_an_operating_system_error(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"contract '.*' does not exist"):
        load_contract(tmp_path / "models.toml")
