"""The real app with a model that tells how bright a face is, so each answer names its face."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import ProxyHandler, build_opener

import cv2
import numpy as np
from prometheus_client.parser import text_string_to_metric_families

from serving.protos import predict_pb2
from serving.tensors import decode, encode
from tests.serving.client.fake_server import TIMEOUT_SECONDS, Server
from tests.support.app_process import AppProcess, Mode, free_port, running_app
from tests.support.moving_face import draw_face

CONTRACT = """
[shade]
title = "Shade"
kind = "regression"
unit = "years"
size = 48
margin = 0.05
interval_ms = 0
smoothing = { method = "average", seconds = 1.0 }
"""
OPENER = build_opener(ProxyHandler({}))
STEP = 2.5
"""Grey levels from one client's face to the next one's."""


class ShadeServer(Server):
    """A model server whose model answers with the mean grey level of each face."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.versions = {"shade": self.versions["age"]}
        self.outputs = {name: np.zeros(1, np.float32) for name in ("years", "low", "high")}

    @property
    def calls(self) -> list[list[float]]:
        """Answers of each call, in its order."""
        return [_shades(request).tolist() for request in self.requests]

    def predict(self, request: Any, context: Any) -> predict_pb2.PredictResponse:
        self.requests.append(request)
        self.go_on.wait(TIMEOUT_SECONDS)
        response = predict_pb2.PredictResponse()
        response.model_spec.version.value = 1
        for name in request.output_filter:
            response.outputs[name].CopyFrom(encode(_shades(request)))
        return response


def _shades(request: Any) -> np.ndarray:
    crops = decode(request.inputs["image"])
    return np.asarray(crops.mean(axis=(1, 2, 3)), np.float32)


@dataclass(frozen=True)
class ShadeApp:
    """The app, its model server, and its metrics."""

    app: AppProcess
    server: ShadeServer
    metrics_port: int

    def value(self, name: str, **labels: str) -> float:
        """A metric of the app, 0 where it is not there."""
        with OPENER.open(f"http://127.0.0.1:{self.metrics_port}/metrics", timeout=20) as page:
            families = text_string_to_metric_families(page.read().decode())
        samples = (sample for family in families for sample in family.samples)
        found = (s.value for s in samples if s.name == name and labels.items() <= s.labels.items())
        return next(found, 0.0)

    def wait_for(self, name: str, value: float) -> None:
        """Waits until a metric has a value."""
        deadline = time.monotonic() + TIMEOUT_SECONDS
        while self.value(name) != value:
            assert time.monotonic() < deadline, f"{name} is {self.value(name)}, not {value}"


@contextmanager
def shade_app(folder: Path, mode: Mode = "eventlet") -> Iterator[ShadeApp]:
    """An app and its model server, which holds its answers while `go_on` is not set."""
    contract = folder / "models.toml"
    contract.write_text(CONTRACT, encoding="utf-8")
    server = ShadeServer()
    settings = {
        "MIEN_CONTRACT": str(contract),
        "MIEN_MODEL_SERVER": f"127.0.0.1:{server.port}",
        "MIEN_MODEL_TIMEOUT_SECONDS": "30",
        "MIEN_METRICS_PORT": str(metrics_port := free_port()),
    }
    try:
        with running_app(mode, **settings) as app:
            yield ShadeApp(app, server, metrics_port)
    finally:
        server.stop()  # type: ignore[no-untyped-call]


def shaded_face(number: int) -> tuple[dict[str, Any], bytes]:
    """A `faces` event without `seq`: a real face whose mean grey level tells its number."""
    image = draw_face(0.0)[100:400, 150:450]
    shaded = 0.35 * (image - image.mean()) + 60 + STEP * number
    png = cv2.imencode(".png", np.clip(shaded, 0, 255).astype(np.uint8))[1].tobytes()
    face = {"box": [200, 150, 200, 200], "crop_box": [150, 100, 300, 300]}
    return {"width": 640, "height": 480, "faces": [face]}, png
