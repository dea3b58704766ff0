from __future__ import annotations

import pytest

from face_utils.errors import BadRequest
from face_utils.session_settings import MAX_INTERVAL_MS, SessionSettings
from tests.support.model_specs import classification, regression

MODELS = [classification("emotion", interval_ms=100), regression("age", interval_ms=3000)]
DEFAULT = SessionSettings.default(MODELS)


def test_by_default_every_model_is_on_at_the_contract_s_interval():
    assert DEFAULT.model_dump() == {
        "models": {
            "emotion": {"enabled": True, "interval_ms": 100},
            "age": {"enabled": True, "interval_ms": 3000},
        },
        "smoothing": True,
        "mirror": False,
        "activation": False,
        "rotate": 0,
    }


@pytest.mark.parametrize("payload", [{}, {"models": {}}, {"models": {"age": {}}}])
def test_omitted_settings_do_not_change(payload):
    assert DEFAULT.changed(payload) == DEFAULT


def test_each_setting_can_be_changed_by_itself():
    changed = DEFAULT.changed(
        {"models": {"age": {"enabled": False}, "emotion": {"interval_ms": 250}}}
    ).changed({"smoothing": False, "mirror": True, "activation": True, "rotate": 270})

    assert changed.model_dump() == {
        "models": {
            "emotion": {"enabled": True, "interval_ms": 250},
            "age": {"enabled": False, "interval_ms": 3000},
        },
        "smoothing": False,
        "mirror": True,
        "activation": True,
        "rotate": 270,
    }


@pytest.mark.parametrize(
    ("given", "holds"), [(0, 0), (MAX_INTERVAL_MS, MAX_INTERVAL_MS), (99.6, 100)]
)
def test_an_interval_is_a_whole_number_of_milliseconds(given, holds):
    changed = DEFAULT.changed({"models": {"age": {"interval_ms": given}}})

    assert changed.models["age"].interval_ms == holds


@pytest.mark.parametrize(
    ("payload", "message"),
    [
        (None, "configure must be an object"),
        ([], "configure must be an object"),
        ("x", "configure must be an object"),
        ({"colour": "red"}, "configure has an unknown key 'colour'"),
        ({1: 2}, "configure has an unknown key '1'"),
        ({"x" * 5000: 1}, f"unknown key '{'x' * 40}'"),
        ({"models": []}, "models must be an object"),
        ({"models": {"mood": {}}}, "models has an unknown key 'mood'"),
        ({"models": {"ages": {}}}, "models has an unknown key 'ages'. Did you mean 'age'?"),
        ({"mirrored": True}, "configure has an unknown key 'mirrored'. Did you mean 'mirror'?"),
        ({str(i): i for i in range(9999)}, "configure has an unknown key '0'"),
        ({"models": {str(i): i for i in range(9999)}}, "models has an unknown key '0'"),
        ({"models": {"age": {str(i): i for i in range(9999)}}}, "models.age has an unknown key"),
        ({"models": {"age": True}}, "models.age must be an object"),
        ({"models": {"age": {"interval": 5}}}, "models.age has an unknown key 'interval'"),
        ({"models": {"age": {"enabled": 1}}}, "models.age.enabled must be true or false"),
        ({"models": {"age": {"enabled": None}}}, "models.age.enabled must be true or false"),
        ({"models": {"age": {"interval_ms": "5"}}}, "models.age.interval_ms must be a number"),
        ({"models": {"age": {"interval_ms": True}}}, "models.age.interval_ms must be a number"),
        (
            {"models": {"age": {"interval_ms": -1}}},
            "models.age.interval_ms must be a number from 0 to 600000",
        ),
        (
            {"models": {"age": {"interval_ms": 600_001}}},
            "models.age.interval_ms must be a number from 0 to 600000",
        ),
        (
            {"models": {"age": {"interval_ms": float("nan")}}},
            "interval_ms must be a number from 0 to 600000",
        ),
        (
            {"models": {"age": {"interval_ms": float("inf")}}},
            "interval_ms must be a number from 0 to 600000",
        ),
        (
            {"models": {"age": {"interval_ms": 10**400}}},
            "interval_ms must be a number from 0 to 600000",
        ),
        ({"smoothing": "yes"}, "smoothing must be true or false"),
        ({"mirror": 0}, "mirror must be true or false"),
        ({"activation": 1}, "activation must be true or false"),
        ({"rotate": 45}, "rotate must be one of 0, 90, 180, 270"),
        ({"rotate": "90"}, "rotate must be one of 0, 90, 180, 270"),
        ({"rotate": None}, "rotate must be one of 0, 90, 180, 270"),
        ({"rotate": {}}, "rotate must be one of 0, 90, 180, 270"),
        ({"models": {"age": {"enabled": False}}, "mirror": 0}, "mirror must be true or false"),
    ],
)
def test_a_wrong_payload_is_named_and_changes_nothing(payload, message):
    settings = SessionSettings.default(MODELS)

    with pytest.raises(BadRequest) as error:
        settings.changed(payload)

    assert message in error.value.message
    assert len(error.value.message) < 200
    assert settings == DEFAULT
