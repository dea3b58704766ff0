"""Parts of a library `Analyzer` with Mien's own detector and models."""

from __future__ import annotations

import time
from collections.abc import Sequence
from functools import partial
from threading import Event

from face_utils.backend import Backend
from face_utils.detectors.factory import build_detector
from face_utils.detectors.files import blazeface_file
from face_utils.errors import ModelUnavailable
from face_utils.frame import FrameReader
from face_utils.image import ImageLimits
from face_utils.model_spec import ModelSpec
from serving.contract import load_contract

LIMITS = ImageLimits(max_bytes=64 * 1024 * 1024, max_pixels=100_000_000)
"""Of a photo: what the service's own settings allow at most."""

MAX_FACES = 100
CONNECT_SECONDS = 10.0
CALL_SECONDS = 10.0


def open_parts(model_server: str = "") -> tuple[Sequence[ModelSpec], Backend, FrameReader]:
    """Builds models, backend and reader.

    Args:
        model_server: `host:port` of a model server; empty to load the models into this process.

    Raises:
        OSError: A file of a model or of the detector is missing.
        ModelUnavailable: The model server does not respond.
    """
    models = list(load_contract().values())
    backend = _connect(model_server, models) if model_server else _load(models)
    detector = build_detector("auto", blazeface_file(), None)
    return models, backend, FrameReader(detector.detect, LIMITS, MAX_FACES)


def _load(models: Sequence[ModelSpec]) -> Backend:
    from serving.in_process import InProcessModels

    return InProcessModels(models)


def _connect(model_server: str, models: Sequence[ModelSpec]) -> Backend:
    from serving.channel import open_channel
    from serving.client import ModelClient
    from serving.hub_bridge import HubBridge

    bridge = HubBridge()
    connect = partial(open_channel, model_server)
    client = ModelClient(connect, models, bridge, time.monotonic, CALL_SECONDS)
    bridge.start()
    changed = Event()
    client.watch(lambda _: changed.set())
    deadline = time.monotonic() + CONNECT_SECONDS
    while missing := [s for s in client.states.values() if not s.available]:
        if not changed.wait(deadline - time.monotonic()):
            client.close()
            raise ModelUnavailable(f"{missing[0].name}: {missing[0].message}")
        changed.clear()
    return client
