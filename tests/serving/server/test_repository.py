from __future__ import annotations

import shutil

import pytest

from serving.protos import get_model_status_pb2
from serving.server.repository import Repository
from serving.server.servable import load_servable

State = get_model_status_pb2.ModelVersionStatus.State


@pytest.fixture
def repository(repository):
    """A repository that has loaded its models."""
    look(repository)
    return repository


def look(repository):
    """Polls until what is in the folder has settled."""
    repository.poll()
    repository.poll()


def states(repository, name="mood"):
    return {n: State.Name(v.state) for n, v in repository.versions(name).items()}


def served(repository, name="mood"):
    servable = repository.servable(name)
    return servable and servable.metadata.model_spec.version.value


def add(samples, models, version=2):
    shutil.copytree(samples / "models/mood/2", models / "mood" / str(version))


def test_every_model_of_the_folder_is_loaded(repository):
    assert repository.names == ["mood", "years"]
    assert states(repository) == states(repository, "years") == {1: "AVAILABLE"}


def test_only_the_models_that_are_named_are_loaded(models):
    repository = Repository(models, load_servable, names=["years", "height"])
    look(repository)

    assert repository.names == ["height", "years"]
    assert served(repository, "years") == 1
    assert served(repository, "height") is None


def test_only_the_newest_version_is_loaded(samples, models, repository):
    shutil.rmtree(models / "mood")
    add(samples, models, 9)
    add(samples, models, 10)
    fresh = Repository(models, load_servable)
    look(fresh)

    assert states(fresh) == {10: "AVAILABLE"}


def test_a_new_version_takes_the_place_of_the_old_one(samples, models, repository):
    add(samples, models)
    look(repository)

    assert served(repository) == 2
    assert states(repository) == {1: "END", 2: "AVAILABLE"}
    assert repository.servable("mood", 1) is None


def test_a_version_is_left_alone_until_its_files_have_settled(samples, models, repository):
    add(samples, models)
    repository.poll()
    assert states(repository) == {1: "AVAILABLE"}

    repository.poll()
    assert served(repository) == 2


def test_a_broken_version_is_refused_and_the_old_one_stays(samples, models, repository):
    add(samples, models)
    (models / "mood/2/saved_model.pb").write_bytes(b"\xff")
    look(repository)

    assert served(repository) == 1
    assert states(repository) == {1: "AVAILABLE", 2: "END"}
    assert "saved_model.pb is damaged" in repository.versions("mood")[2].error


def test_a_broken_version_is_tried_only_once_until_its_files_change(samples, models):
    attempts = []

    def load(name, version, folder):
        attempts.append(version)
        return load_servable(name, version, folder)

    add(samples, models)
    data = (models / "mood/2/saved_model.pb").read_bytes()
    (models / "mood/2/saved_model.pb").write_bytes(data[: len(data) // 2])
    repository = Repository(models, load, names=["mood"])
    look(repository)
    look(repository)
    assert attempts == [2, 1]

    (models / "mood/2/saved_model.pb").write_bytes(data)
    look(repository)
    assert attempts == [2, 1, 2]
    assert states(repository) == {1: "END", 2: "AVAILABLE"}


def test_a_deleted_version_is_unloaded(models, repository):
    shutil.rmtree(models / "mood/1")
    look(repository)

    assert served(repository) is None
    assert states(repository) == {1: "END"}
    assert repository.names == ["mood", "years"]


def test_a_deleted_version_is_served_until_its_replacement_is_ready(samples, models, repository):
    shutil.rmtree(models / "mood/1")
    add(samples, models)
    repository.poll()
    assert served(repository) == 1

    repository.poll()
    assert served(repository) == 2


def test_the_version_before_comes_back_when_the_newest_is_deleted(samples, models, repository):
    add(samples, models)
    look(repository)
    shutil.rmtree(models / "mood/2")
    look(repository)

    assert served(repository) == 1
    assert states(repository) == {1: "AVAILABLE", 2: "END"}


def test_folders_without_a_number_and_stray_files_are_ignored(models, repository):
    (models / "mood/next").mkdir()
    (models / "mood/3").touch()
    (models / "mood" / str(2**63)).mkdir()
    (models / "notes.txt").touch()
    look(repository)

    assert states(repository) == {1: "AVAILABLE"}
    assert repository.names == ["mood", "years"]


def test_unknown_models_and_versions_are_not_there(repository):
    assert repository.servable("height") is None
    assert repository.servable("mood", 7) is None
    assert repository.versions("height") == {}


@pytest.mark.parametrize("target", ["nowhere", "odd"], ids=["dangling", "looping"])
def test_an_unreadable_file_refuses_only_its_version(samples, models, target):
    add(samples, models)
    (models / "mood/2/odd").symlink_to(target)
    repository = Repository(models, load_servable)
    look(repository)

    assert states(repository) == {1: "AVAILABLE", 2: "END"}
    assert "mood/2/odd cannot be read: " in repository.versions("mood")[2].error
    assert served(repository, "years") == 1

    (models / "mood/2/odd").unlink()
    look(repository)
    assert served(repository) == 2


def test_an_unrelated_file_beside_a_version_is_ignored(models, repository):
    (models / "mood/1/odd").symlink_to("nowhere")
    look(repository)

    assert states(repository) == {1: "AVAILABLE"}


def test_a_version_that_cannot_be_read_is_refused(models, repository):
    (models / "mood/2").symlink_to("x" * 300)
    look(repository)

    assert states(repository) == {1: "AVAILABLE", 2: "END"}
    assert "mood/2 cannot be read: File name too long" in repository.versions("mood")[2].error


def test_a_model_folder_that_cannot_be_read_stays_as_it_is(samples, models, repository, caplog):
    (models / "mood").rename(models / "away")
    (models / "mood").symlink_to("x" * 300)
    (models / "years/1").rename(models / "years/2")
    look(repository)

    assert served(repository) == 1
    assert served(repository, "years") == 2
    assert caplog.text.count("Cannot update model mood: ") == 1


def test_the_same_problem_is_logged_once(models, repository, caplog):
    (models / "mood/2").mkdir()
    (models / "mood/2/odd").symlink_to("nowhere")
    for _ in range(3):
        look(repository)

    assert caplog.text.count("mood/2 refused: ") == 1
