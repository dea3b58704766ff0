"""Builds the parts of an `Analyzer` with Mien's own detector and models."""

from __future__ import annotations

import time
from collections.abc import Sequence
from functools import partial
from threading import Event, Lock

import cv2

from face_utils.backend import Backend
from face_utils.detection import DetectorPool
from face_utils.detectors.factory import build_detector
from face_utils.detectors.files import blazeface_file
from face_utils.errors import ModelUnavailable
from face_utils.frame import FrameReader
from face_utils.image import ImageLimits
from face_utils.limits import MAX_FACES, MAX_IMAGE_BYTES, MAX_IMAGE_PIXELS
from face_utils.model_spec import ModelSpec
from serving.contract import load_contract

LIMITS = ImageLimits(MAX_IMAGE_BYTES, MAX_IMAGE_PIXELS)
CALL_SECONDS = 10.0

_BUILDING = Lock()
"""OpenCV's first network must not be read by two threads at once: in 2 of 12 processes with 4
threads it then said that the model contains unknown operators."""


def open_parts(
    model_server: str, connect_seconds: float
) -> tuple[Sequence[ModelSpec], Backend, FrameReader]:
    """Builds models, backend and reader.

    Args:
        model_server: `host:port` of a model server; empty to load the models into this process.
        connect_seconds: Longest time to wait until the server has all models.

    Raises:
        OSError: A file of a model or of the detector is missing.
        ModelUnavailable: The model server does not have all models within `connect_seconds`.
    """
    models = list(load_contract().values())
    reader = FrameReader(_build_detector().detect, LIMITS, MAX_FACES)
    backend = _connect(model_server, models, connect_seconds) if model_server else _load(models)
    return models, backend, reader


def _build_detector() -> DetectorPool:
    """Builds the detector, and leaves the caller's OpenCV as it was: the service uses 1 thread."""
    with _BUILDING:
        threads = cv2.getNumThreads()
        try:
            # Not `auto`, which would silently take the Haar cascade if the file were missing.
            return build_detector("blazeface", blazeface_file(), None)
        finally:
            cv2.setNumThreads(threads)


def _load(models: Sequence[ModelSpec]) -> Backend:
    from serving.in_process import InProcessModels

    return InProcessModels(models)


def _connect(model_server: str, models: Sequence[ModelSpec], seconds: float) -> Backend:
    from serving.channel import open_channel
    from serving.client import ModelClient
    from serving.hub_bridge import InlineBridge

    connect = partial(open_channel, model_server)
    client = ModelClient(connect, models, InlineBridge(), time.monotonic, CALL_SECONDS)
    changed = Event()
    client.watch(lambda _: changed.set())
    deadline = time.monotonic() + seconds
    while missing := [state for state in client.states.values() if not state.available]:
        if not changed.wait(deadline - time.monotonic()):
            client.close()
            raise ModelUnavailable(
                f"The model {missing[0].name!r} is not available at {model_server!r} after "
                f"{seconds:g} s. {missing[0].message} Check the address, which is HOST:PORT, and "
                "the server's log."
            )
        changed.clear()
    return client
