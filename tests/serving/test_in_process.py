"""Models in the caller's process: the loaded version, and errors of invalid folders."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from face_utils.backend import ModelOutputs, PredictRequest
from face_utils.errors import MienError, ModelUnavailable
from face_utils.model_spec import ACTIVATION
from serving.contract import MODELS, load_contract
from serving.in_process import InProcessModels
from serving.server.saved_model import InvalidModelError

EMOTION = load_contract()["emotion"]
CROPS = np.zeros((3, EMOTION.size, EMOTION.size), np.uint8)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A models folder with the emotion model, for the test to change."""
    shutil.copytree(MODELS / "emotion" / "1", tmp_path / "emotion" / "1")
    return tmp_path


def ask(models: InProcessModels, *, activation: bool = False) -> ModelOutputs | MienError:
    outcomes: list[ModelOutputs | MienError] = []
    models.predict(PredictRequest(EMOTION, CROPS, activation), outcomes.append)
    [outcome] = outcomes
    return outcome


def test_outputs_have_a_row_for_each_crop(folder: Path) -> None:
    response = ask(InProcessModels([EMOTION], folder))

    assert isinstance(response, ModelOutputs)
    assert {name: rows.shape for name, rows in response.outputs.items()} == {
        "probabilities": (3, len(EMOTION.labels))
    }


def test_class_activation_maps_come_only_if_they_are_asked_for(folder: Path) -> None:
    response = ask(InProcessModels([EMOTION], folder), activation=True)

    assert isinstance(response, ModelOutputs)
    assert response.outputs[ACTIVATION].shape[::3] == (3, len(EMOTION.labels))


def test_the_highest_version_is_loaded(folder: Path) -> None:
    for version in ("2", "10"):
        shutil.copytree(folder / "emotion" / "1", folder / "emotion" / version)
    (folder / "emotion" / "notes").mkdir()

    response = ask(InProcessModels([EMOTION], folder))

    assert isinstance(response, ModelOutputs)
    assert response.version == 10


def test_a_missing_model_is_named_with_its_folder(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"'emotion' is missing: .*emotion has no folder"):
        InProcessModels([EMOTION], tmp_path)


def test_a_model_that_does_not_fit_is_named_with_its_folder(folder: Path) -> None:
    shutil.rmtree(folder / "emotion" / "1")
    shutil.copytree(MODELS / "age" / "1", folder / "emotion" / "1")

    with pytest.raises(InvalidModelError, match=r"The model in .*emotion.1 cannot be used: "):
        InProcessModels([EMOTION], folder)


def test_a_closed_backend_has_no_models(folder: Path) -> None:
    models = InProcessModels([EMOTION], folder)
    models.close()
    models.close()

    assert not models.is_available("emotion")
    assert isinstance(ask(models), ModelUnavailable)
