"""TensorFlow Serving's own messages read what `python -m serving.tf_serving` writes."""

from __future__ import annotations

import importlib.util
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from google.protobuf import (
    descriptor_pb2,
    descriptor_pool,
    message_factory,
    text_format,
    wrappers_pb2,
)
from tensorflow_serving.config import model_server_config_pb2

from serving.contract import MODELS, load_contract
from web.settings import ROOT, SettingsError, read_settings

_WRAPPED = [
    ("max_batch_size", 1, ".google.protobuf.Int64Value"),
    ("batch_timeout_micros", 2, ".google.protobuf.Int64Value"),
    ("max_enqueued_batches", 3, ".google.protobuf.Int64Value"),
    ("num_batch_threads", 4, ".google.protobuf.Int64Value"),
    ("thread_pool_name", 5, ".google.protobuf.StringValue"),
]


def batching_parameters():
    """`tensorflow.serving.BatchingParameters`, which no Python package holds."""
    file = descriptor_pb2.FileDescriptorProto(
        name="session_bundle_config.proto",
        package="tensorflow.serving",
        syntax="proto3",
        dependency=[wrappers_pb2.DESCRIPTOR.name],
    )
    message = file.message_type.add(name="BatchingParameters")
    kinds = descriptor_pb2.FieldDescriptorProto
    for name, number, kind in _WRAPPED:
        message.field.add(
            name=name, number=number, type=kinds.TYPE_MESSAGE, type_name=kind, label=1
        )
    message.field.add(name="allowed_batch_sizes", number=6, type=kinds.TYPE_INT64, label=3)
    message.field.add(name="pad_variable_length_inputs", number=7, type=kinds.TYPE_BOOL, label=1)
    pool = descriptor_pool.DescriptorPool()
    pool.AddSerializedFile(wrappers_pb2.DESCRIPTOR.serialized_pb)
    pool.AddSerializedFile(file.SerializeToString())
    found = pool.FindMessageTypeByName("tensorflow.serving.BatchingParameters")
    return message_factory.GetMessageClass(found)()


def message_of(module, name):
    """A message that ovmsclient has a copy of; its package would clash with TensorFlow's."""
    package = Path(importlib.util.find_spec("ovmsclient").origin).parent
    file = package / "tfs_compat/protos/tensorflow_serving/config" / f"{module}.py"
    spec = importlib.util.spec_from_file_location(f"tests.serving.{module}", file)
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    return getattr(loaded, name)()


def generate(folder, *options):
    command = [sys.executable, "-m", "serving.tf_serving", "--to", folder, *options]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def read(path, message):
    return text_format.Parse(path.read_text(), message)


def models_of(folder):
    """The models of a generated folder by name."""
    config = read(folder / "models.config", model_server_config_pb2.ModelServerConfig())
    return {model.name: model for model in config.model_config_list.config}


@pytest.fixture
def make_models(tmp_path):
    """Makes a folder of the contract's models in these versions, and gives the option for it."""

    def make(*versions):
        for name in load_contract():
            for version in versions:
                folder = tmp_path / "models" / name / str(version)
                folder.mkdir(parents=True)
                (folder / "saved_model.pb").touch()
        return "--models", tmp_path / "models"

    return make


def test_every_model_of_the_contract_is_served_from_its_folder(tmp_path):
    done = generate(tmp_path)

    assert done.returncode == 0, done.stderr
    models = models_of(tmp_path)
    assert list(models) == list(load_contract())
    for name, model in models.items():
        assert (model.base_path, model.model_platform) == (f"/models/{name}", "tensorflow")


def test_the_models_that_ship_are_the_versions_that_are_served(tmp_path):
    generate(tmp_path)

    for name, model in models_of(tmp_path).items():
        versions = model.model_version_policy.specific.versions
        assert versions
        assert all((MODELS / name / str(version)).is_dir() for version in versions)


@pytest.mark.parametrize(
    ("there", "served", "stable", "canary"),
    [([3], [3], 3, 3), ([1, 2], [1, 2], 1, 2), ([2, 9, 10], [9, 10], 9, 10)],
)
def test_the_newest_version_is_the_canary_and_the_one_before_it_is_stable(
    make_models, tmp_path, there, served, stable, canary
):
    generate(tmp_path, *make_models(*there))

    for model in models_of(tmp_path).values():
        assert model.model_version_policy.specific.versions == served
        assert model.version_labels == {"stable": stable, "canary": canary}


def test_a_version_is_promoted_or_rolled_back_by_its_number(make_models, tmp_path):
    options = ["--stable", "emotion=3", "--stable", "age=1", "--canary", "age=1"]
    generate(tmp_path, *make_models(1, 2, 3), *options)

    models = models_of(tmp_path)
    assert models["emotion"].version_labels == {"stable": 3, "canary": 3}
    assert models["emotion"].model_version_policy.specific.versions == [3]
    assert models["age"].version_labels == {"stable": 1, "canary": 1}
    assert models["gender"].version_labels == {"stable": 2, "canary": 3}


def test_a_folder_without_a_saved_model_is_ignored(make_models, tmp_path):
    options = make_models(1)
    (tmp_path / "models" / "age" / "2" / "variables").mkdir(parents=True)
    generate(tmp_path, *options)

    assert models_of(tmp_path)["age"].version_labels == {"stable": 1, "canary": 1}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--stable", "emotion=7"], "The model 'emotion' has no version 7."),
        (["--stable", "emotion"], "--stable: 'emotion' is not NAME=VERSION"),
        (["--stable", "emotion=new"], "--stable: 'emotion=new' is not NAME=VERSION"),
        (["--cores", "0"], "--cores: '0' is not a number of cores"),
        (["--canary", "mood=1"], "The model 'mood' has no version 1."),
        (
            ["--models", "/nowhere"],
            "/nowhere/emotion contains no folder VERSION/",
        ),
        (["--contract", "/nowhere.toml"], "/nowhere.toml"),
        (["--tls-certificate", "server.crt"], "--tls-certificate and --tls-key need each other"),
        (["--tls-client-ca", "ca.crt"], "--tls-client-ca needs --tls-certificate"),
        (["--tls-certificate", "/no.crt", "--tls-key", "/no.key"], "/no.key"),
    ],
)
def test_what_cannot_be_served_is_named(tmp_path, options, message):
    done = generate(tmp_path / "configs", *options)

    assert done.returncode
    assert message in done.stderr
    assert not (tmp_path / "configs").exists()


def test_a_batch_holds_the_faces_of_the_fullest_frame_and_waits_for_no_other_call(tmp_path):
    generate(tmp_path, "--cores", "4")

    batching = read(tmp_path / "batching.config", batching_parameters())
    with pytest.raises(SettingsError, match="must be from"):
        read_settings({"MIEN_MAX_FACES": str(batching.max_batch_size.value)})
    assert batching.HasField("batch_timeout_micros")
    assert batching.batch_timeout_micros.value == 0
    assert batching.num_batch_threads.value == 4


def test_metrics_have_the_embedded_servers_path(tmp_path):
    generate(tmp_path)

    monitoring = read(
        tmp_path / "monitoring.config", message_of("monitoring_config_pb2", "MonitoringConfig")
    )
    assert monitoring.prometheus_config.enable
    assert monitoring.prometheus_config.path == "/monitoring/prometheus/metrics"


def test_certificates_are_readable_only_by_their_owner(tmp_path):
    pems = {name: tmp_path / name for name in ("tls.crt", "tls.key", "ca.crt")}
    for name, path in pems.items():
        path.write_text(f"-----BEGIN {name}-----\nAB+/=\n-----END {name}-----\n")
    tls = ["--tls-certificate", pems["tls.crt"], "--tls-key", pems["tls.key"]]
    generate(tmp_path, *tls, "--tls-client-ca", pems["ca.crt"])

    ssl = read(tmp_path / "ssl.config", message_of("ssl_config_pb2", "SSLConfig"))
    assert ssl.server_cert == pems["tls.crt"].read_text()
    assert ssl.server_key == pems["tls.key"].read_text()
    assert ssl.custom_ca == pems["ca.crt"].read_text()
    assert ssl.client_verify
    assert stat.S_IMODE((tmp_path / "ssl.config").stat().st_mode) == 0o600


def test_clients_need_a_certificate_only_if_a_client_authority_is_set(tmp_path):
    pem = tmp_path / "server.pem"
    pem.write_text("both")
    generate(tmp_path, "--tls-certificate", pem, "--tls-key", pem)

    ssl = read(tmp_path / "ssl.config", message_of("ssl_config_pb2", "SSLConfig"))
    assert not ssl.client_verify
    assert not ssl.custom_ca


def test_without_certificates_no_certificate_file_is_written(tmp_path):
    generate(tmp_path)

    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "batching.config",
        "models.config",
        "monitoring.config",
    ]
