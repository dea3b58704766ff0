"""Secrets for mutual TLS: app and model server trust each other and no one else."""

from __future__ import annotations

import os
import re
import socket
import ssl
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import yaml
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory, text_format

from tests.deploy.manifests import K8S, Manifest, of_kind, one, pod_of

SCRIPT = K8S / "mutual_tls_secrets.sh"
APP, SERVER = "mien-app-tls", "mien-model-server-tls"


@pytest.fixture(scope="module")
def secrets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for each secret, with its keys as files."""
    return _make_secrets(tmp_path_factory.mktemp("secrets"))


def test_app_and_model_server_trust_each_other(secrets: Path) -> None:
    assert _shake_hands(secrets / SERVER, secrets / APP) == "mien-app"


def test_a_client_without_a_certificate_is_refused(secrets: Path) -> None:
    with pytest.raises(ssl.SSLError, match="PEER_DID_NOT_RETURN_A_CERTIFICATE"):
        _shake_hands(secrets / SERVER, secrets / APP, with_certificate=False)


def test_a_client_of_another_cluster_is_refused(secrets: Path, tmp_path: Path) -> None:
    others = _make_secrets(tmp_path)
    (others / APP / "ca.crt").write_bytes((secrets / APP / "ca.crt").read_bytes())
    with pytest.raises(ssl.SSLError, match="CERTIFICATE_VERIFY_FAILED"):
        _shake_hands(secrets / SERVER, others / APP)


def test_the_apps_certificate_cannot_serve_as_a_model_servers(secrets: Path) -> None:
    with pytest.raises(ssl.SSLError):
        _shake_hands(secrets / APP, secrets / APP)


def test_the_secrets_contain_every_file_in_use(secrets: Path, manifests: list[Manifest]) -> None:
    (settings,) = of_kind(manifests, "ConfigMap")
    server = one(manifests, "Deployment", "mien-model-server")
    for secret, user in ((APP, settings), (SERVER, server)):
        named = re.findall(r"/etc/mien/tls/([\w.]+)", yaml.safe_dump(user))
        assert named
        assert set(named) <= {file.name for file in (secrets / secret).iterdir()}


def test_the_pods_mount_these_secrets(manifests: list[Manifest]) -> None:
    for name, secret in (("mien-app", APP), ("mien-model-server", SERVER)):
        volumes = pod_of(one(manifests, "Deployment", name))["volumes"]
        assert [v["secret"]["secretName"] for v in volumes if "secret" in v] == [secret]


def test_tf_serving_gets_its_ssl_config_file(secrets: Path) -> None:
    files = secrets / SERVER
    config = text_format.Parse((files / "ssl.config").read_text(), _ssl_config())
    assert config.server_key == (files / "tls.key").read_text()
    assert config.server_cert == (files / "tls.crt").read_text()
    assert config.custom_ca == (files / "ca.crt").read_text()
    assert config.client_verify is True


def test_the_script_deletes_its_keys(tmp_path: Path) -> None:
    _run_script(tmp_path)
    assert list(tmp_path.iterdir()) == []


def _run_script(scratch: Path) -> str:
    environment = {**os.environ, "TMPDIR": str(scratch)}
    return subprocess.run(
        [SCRIPT], env=environment, capture_output=True, text=True, check=True
    ).stdout


def _make_secrets(folder: Path) -> Path:
    for secret in yaml.safe_load_all(_run_script(folder)):
        target = folder / secret["metadata"]["name"]
        target.mkdir()
        for name, text in secret["stringData"].items():
            (target / name).write_text(text)
    return folder


def _shake_hands(server: Path, client: Path, with_certificate: bool = True) -> str:
    """Connects as the app does, and returns the client name that the server sees."""
    listening = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=server / "ca.crt")
    listening.verify_mode = ssl.CERT_REQUIRED
    listening.load_cert_chain(server / "tls.crt", server / "tls.key")
    calling = ssl.create_default_context(cafile=client / "ca.crt")
    if with_certificate:
        calling.load_cert_chain(client / "tls.crt", client / "tls.key")
    near, far = socket.socketpair()
    with near, far, ThreadPoolExecutor() as pool:
        answer = pool.submit(listening.wrap_socket, far, server_side=True)
        try:
            calling.wrap_socket(near, server_hostname="mien-model-server").close()
        finally:
            near.close()
        with answer.result() as connection:
            return dict(item for (item,) in connection.getpeercert()["subject"])["commonName"]


def _ssl_config() -> Any:
    """TensorFlow Serving's SSLConfig, after its ssl_config.proto, which no package contains."""
    file = descriptor_pb2.FileDescriptorProto(name="ssl_config.proto", syntax="proto3")
    message = file.message_type.add(name="SSLConfig")
    kinds = [descriptor_pb2.FieldDescriptorProto.TYPE_STRING] * 3
    kinds += [descriptor_pb2.FieldDescriptorProto.TYPE_BOOL]
    names = ("server_key", "server_cert", "custom_ca", "client_verify")
    for number, (name, kind) in enumerate(zip(names, kinds, strict=True), start=1):
        message.field.add(name=name, number=number, type=kind, label=1)
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return message_factory.GetMessageClass(pool.FindMessageTypeByName("SSLConfig"))()
