"""The real app with a sample model that returns class activation maps."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from tests.serving.client.fake_server import Server
from tests.support.app_process import AppProcess, Mode, running_app

CONTRACT = """
[mood]
title = "Mood"
kind = "classification"
labels = ["calm", "angry"]
size = 48
margin = 0.05
interval_ms = 0
smoothing = { method = "half_life", seconds = 0.4 }
activation = true
"""


@contextmanager
def explaining_app(folder: Path, mode: Mode = "eventlet") -> Iterator[tuple[AppProcess, Server]]:
    """An app and its model server, whose evidence for `angry` is in the left half of a face."""
    contract = folder / "models.toml"
    contract.write_text(CONTRACT, encoding="utf-8")
    server = Server()
    server.outputs = {
        "probabilities": np.float32([[0.25, 0.75]]),
        "activation": np.float32([[[[0, 4], [0, 0], [2, 0]]] * 2]),
    }
    target = f"127.0.0.1:{server.port}"
    try:
        with running_app(mode, MIEN_CONTRACT=str(contract), MIEN_MODEL_SERVER=target) as app:
            yield app, server
    finally:
        server.stop()
