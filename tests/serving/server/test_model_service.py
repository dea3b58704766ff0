from __future__ import annotations

import shutil

import grpc

from tests.serving.reference import error_codes_pb2, get_model_status_pb2, model_management_pb2


def test_status_tells_the_state_of_a_loaded_version(client):
    (status,) = client.status("mood")

    assert status.version == 1
    assert status.state == get_model_status_pb2.ModelVersionStatus.AVAILABLE
    assert (status.status.error_code, status.status.error_message) == (error_codes_pb2.OK, "")


def test_status_tells_why_a_version_is_refused(serve, repository, models):
    client = serve(repository)
    shutil.copytree(models / "mood/1", models / "mood/2")
    (models / "mood/2/saved_model.pb").unlink()
    repository.poll()
    repository.poll()

    broken, good = client.status("mood")

    assert client.states("mood") == {2: "END", 1: "AVAILABLE"}
    assert (broken.version, broken.status.error_code) == (2, error_codes_pb2.UNKNOWN)
    assert "saved_model.pb cannot be read" in broken.status.error_message
    assert good.status.error_code == error_codes_pb2.OK


def test_status_of_one_version_can_be_asked_for(client):
    assert [status.version for status in client.status("mood", version=1)] == [1]


def test_the_status_of_an_unknown_model_is_not_found(client, refusal):
    not_found = grpc.StatusCode.NOT_FOUND

    assert refusal(client.status, "height") == (
        not_found,
        "Could not find any versions of model height",
    )
    assert refusal(client.status, "mood", version=3) == (
        not_found,
        "Could not find version 3 of model mood",
    )


def test_status_without_a_model_spec_is_refused(client, refusal):
    response = refusal(client.model.GetModelStatus, get_model_status_pb2.GetModelStatusRequest())

    assert response == (grpc.StatusCode.INVALID_ARGUMENT, "Missing ModelSpec")


def test_reloading_the_config_is_unimplemented(client, refusal):
    request = model_management_pb2.ReloadConfigRequest()

    code, _ = refusal(client.model.HandleReloadConfigRequest, request)

    assert code is grpc.StatusCode.UNIMPLEMENTED
