"""Configuration files of TensorFlow Serving, as text protos.

Sources of the fields: tensorflow/serving
`tensorflow_serving/config/{model_server_config,monitoring_config,ssl_config}.proto` and
`tensorflow_serving/servables/tensorflow/session_bundle_config.proto`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from serving.endpoints import METRICS_PATH
from serving.tf_serving.releases import Release

_MODEL = """\
  config {{
    name: {name}
    base_path: {base_path}
    model_platform: "tensorflow"
    model_version_policy {{ specific {{ {versions} }} }}
    version_labels {{ key: "stable" value: {stable} }}
    version_labels {{ key: "canary" value: {canary} }}
  }}
"""
_BATCHING = """\
# Calls with more faces are refused. The app sends at most 100.
max_batch_size {{ value: 128 }}
# Calls that arrive while a model runs form the next batch. No call waits for others.
batch_timeout_micros {{ value: 0 }}
# About 1000 faces. More would miss their deadline, so they are refused.
max_enqueued_batches {{ value: 8 }}
# Cores of the container. The default is the number of cores of the whole machine.
num_batch_threads {{ value: {cores} }}
"""


def model_config(releases: Mapping[str, Release], base_path: str) -> str:
    """A `ModelServerConfig`: the models and versions to serve, and their labels.

    Args:
        releases: The versions by name of the model.
        base_path: Folder of the models on the server.
    """
    models = [
        _MODEL.format(
            name=_quote(name),
            base_path=_quote(f"{base_path}/{name}"),
            versions=" ".join(f"versions: {version}" for version in release.versions),
            stable=release.stable,
            canary=release.canary,
        )
        for name, release in releases.items()
    ]
    return f"model_config_list {{\n{''.join(models)}}}\n"


def batching_config(cores: int) -> str:
    """`BatchingParameters` for a server with this number of cores."""
    return _BATCHING.format(cores=cores)


def monitoring_config() -> str:
    """A `MonitoringConfig` that serves metrics for Prometheus at `METRICS_PATH`."""
    return f'prometheus_config {{ enable: true path: "{METRICS_PATH}" }}\n'


def tls_config(certificate: Path, key: Path, client_ca: Path | None) -> str:
    """An `SSLConfig`. It contains the files, so it is as secret as the key.

    Args:
        certificate: PEM file of the server's certificate.
        key: PEM file of its key.
        client_ca: PEM file of the authorities that sign the clients' certificates; None to require
            no client certificate.

    Raises:
        OSError: A file cannot be read.
    """
    files = {"server_key": key, "server_cert": certificate}
    if client_ca:
        files["custom_ca"] = client_ca
    lines = [f"{name}: {_quote(path.read_text(encoding='ascii'))}" for name, path in files.items()]
    return "\n".join([*lines, f"client_verify: {'true' if client_ca else 'false'}", ""])


def _quote(text: str) -> str:
    """A string of a text proto. JSON's escapes are valid in it."""
    return json.dumps(text)
