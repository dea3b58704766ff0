"""The layer that tf-serving.Dockerfile puts on TensorFlow Serving's image."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from google.protobuf import text_format
from tensorflow_serving.config import model_server_config_pb2

from serving.contract import MODELS, load_contract
from tests.deploy.containers.engine import (
    PYTHON,
    folder_in,
    inspect,
    running,
    succeeds,
    wait_until,
)

pytestmark = pytest.mark.timeout(1800)


def files_of(folder: Path) -> dict[str, bytes]:
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def test_it_holds_every_model(tf_serving_image: str, tmp_path: Path) -> None:
    assert files_of(folder_in(tf_serving_image, "/models", tmp_path)) == files_of(MODELS)


def test_its_command_names_files_that_are_there(tf_serving_image: str, tmp_path: Path) -> None:
    configs = folder_in(tf_serving_image, "/config", tmp_path)
    command = " ".join(inspect("image", tf_serving_image)["Config"]["Entrypoint"])
    named = re.findall(r"=/config/(\S+)", command)
    assert sorted(named) == sorted(path.name for path in configs.iterdir())


def test_its_labels_point_at_versions_that_are_there(tf_serving_image: str, tmp_path: Path) -> None:
    configs = folder_in(tf_serving_image, "/config", tmp_path)
    config = model_server_config_pb2.ModelServerConfig()
    text_format.Parse((configs / "models.config").read_text(), config)
    models = config.model_config_list.config
    assert {model.name for model in models} == set(load_contract())
    for model in models:
        assert model.version_labels.keys() == {"stable", "canary"}
        for version in model.version_labels.values():
            assert (MODELS / model.name / str(version)).is_dir()


def test_its_health_check_asks_for_the_state_of_a_model(
    tf_serving_image: str, model_server_image: str
) -> None:
    """The embedded server answers as TensorFlow Serving does."""
    check = inspect("image", tf_serving_image)["Config"]["Healthcheck"]["Test"][1:]
    with running(model_server_image) as models, running(PYTHON, command=("sleep", "99")) as other:
        wait_until(lambda: succeeds("docker", "exec", models.id, *check), "the check passes")
        assert not succeeds("docker", "exec", other.id, *check)
