"""The files that TensorFlow Serving reads at its start, as text protos.

Sources of their fields: tensorflow/serving
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
# A call with more faces than this is refused; the app sends at most 100.
max_batch_size {{ value: 128 }}
# Calls that come while a model runs are joined; none waits for another to come.
batch_timeout_micros {{ value: 0 }}
# About 1000 faces: what comes on top would be answered after its deadline, so it is refused.
max_enqueued_batches {{ value: 8 }}
# The cores of the container. The default would be those of the whole machine.
num_batch_threads {{ value: {cores} }}
"""


def model_config(releases: Mapping[str, Release], base_path: str) -> str:
    """A `ModelServerConfig`: which models and versions are served, and their labels.

    Args:
        releases: The versions by the name of their model.
        base_path: Where the server finds the folders of the models.
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
    """`BatchingParameters` for a server that has this many cores."""
    return _BATCHING.format(cores=cores)


def monitoring_config() -> str:
    """A `MonitoringConfig` that serves metrics for Prometheus at `METRICS_PATH`."""
    return f'prometheus_config {{ enable: true path: "{METRICS_PATH}" }}\n'


def tls_config(certificate: Path, key: Path, client_ca: Path | None) -> str:
    """An `SSLConfig`. It holds the files themselves, so it is as secret as the key.

    Args:
        certificate: PEM file of the server's certificate.
        key: PEM file of its key.
        client_ca: PEM file of the certificates that a client's must come from; None asks clients
            for no certificate.

    Raises:
        OSError: A file cannot be read.
    """
    files = {"server_key": key, "server_cert": certificate}
    if client_ca:
        files["custom_ca"] = client_ca
    lines = [f"{name}: {_quote(path.read_text(encoding='ascii'))}" for name, path in files.items()]
    return "\n".join([*lines, f"client_verify: {'true' if client_ca else 'false'}", ""])


def _quote(text: str) -> str:
    """A string as text protos have it: the escapes of JSON are among theirs."""
    return json.dumps(text)
