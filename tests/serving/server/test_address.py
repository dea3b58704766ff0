"""TLS of the gRPC port, against the app's own client."""

from __future__ import annotations

import grpc
import pytest
from grpc_health.v1 import health

from serving.channel import TlsFiles, open_channel
from serving.protos import get_model_status_pb2
from serving.protos.services import ModelServiceStub
from serving.server.address import ServerTls
from serving.server.lifecycle import start_server
from serving.server.repository import Repository
from serving.server.servable import load_servable
from serving.tls_files import TlsFilesError
from tests.serving.authority import Authority

TIMEOUT_SECONDS = 20


@pytest.fixture
def ours(tmp_path):
    return Authority(tmp_path, "ours")


@pytest.fixture
def start(tmp_path):
    """Starts a server without models and returns its address."""
    servers = []

    def run(tls):
        repository = Repository(tmp_path, load_servable)
        server, address = start_server(repository, health.HealthServicer(), "127.0.0.1:0", tls=tls)
        servers.append(server)
        return address

    yield run
    for server in servers:
        server.stop(None).wait()


def gets_a_response(address, tls):
    """Whether a call gets through. Its response is then that there is no such model."""
    with open_channel(address, tls) as channel, pytest.raises(grpc.RpcError) as error:
        request = get_model_status_pb2.GetModelStatusRequest(model_spec={"name": "mood"})
        ModelServiceStub(channel).get_model_status(request, timeout=TIMEOUT_SECONDS)
    assert error.value.code() in {grpc.StatusCode.NOT_FOUND, grpc.StatusCode.UNAVAILABLE}
    return error.value.code() is grpc.StatusCode.NOT_FOUND


def test_a_server_with_a_certificate_speaks_tls_only(start, ours):
    address = start(ServerTls(*ours.issue("server")))

    assert gets_a_response(address, TlsFiles(ours.ca))
    assert not gets_a_response(address, None)


def test_with_a_client_authority_only_its_clients_are_answered(start, ours, tmp_path):
    others = Authority(tmp_path, "others")
    address = start(ServerTls(*ours.issue("server"), client_ca=ours.ca))

    assert gets_a_response(address, TlsFiles(ours.ca, *ours.issue("client")))
    assert not gets_a_response(address, TlsFiles(ours.ca))
    assert not gets_a_response(address, TlsFiles(ours.ca, *others.issue("other")))


def test_a_missing_file_is_named(start, tmp_path):
    with pytest.raises(TlsFilesError, match=r"no\.key"):
        start(ServerTls(tmp_path / "no.pem", tmp_path / "no.key"))


def test_invalid_certificate_files_are_refused(start, tmp_path):
    (tmp_path / "no.pem").write_text("nothing")

    with pytest.raises(OSError, match=r"no\.pem and .*no\.pem cannot be used"):
        start(ServerTls(tmp_path / "no.pem", tmp_path / "no.pem"))
