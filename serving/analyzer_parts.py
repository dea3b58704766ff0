"""Builds the parts of an `Analyzer` with Mien's own detector and models."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from threading import Event, Lock

import cv2

from face_utils.backend import Backend
from face_utils.detection import Detector
from face_utils.detectors.factory import build_detector, live_detector
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
"""Two threads that build at once would restore each other's number of OpenCV threads."""


@dataclass(frozen=True)
class ServerArguments:
    """The model server that `Analyzer.open` is given.

    Attributes:
        address: `host:port`; empty to load the models into this process.
        ca: PEM file with certificate authorities, which turns on TLS.
        certificate: PEM file with a client certificate.
        key: PEM file with its key.
        label: Version label of the models.
        connect_seconds: Longest time to wait until the server has all models.
    """

    address: str
    ca: str | Path | None
    certificate: str | Path | None
    key: str | Path | None
    label: str
    connect_seconds: float

    def check(self) -> None:
        """Checks that each argument has the one that it needs.

        Raises:
            ValueError: One is missing.
        """
        for name, needed in _NEEDS:
            if getattr(self, name) and not getattr(self, needed):
                raise ValueError(f"{name} needs {_ARGUMENT.get(needed, needed)}.")


_NEEDS = (
    ("ca", "address"),
    ("label", "address"),
    ("certificate", "ca"),
    ("certificate", "key"),
    ("key", "certificate"),
)
_ARGUMENT = {"address": "model_server"}


def open_parts(server: ServerArguments) -> tuple[Sequence[ModelSpec], Backend, FrameReader]:
    """Builds models, backend and reader.

    Raises:
        OSError: A file of a model, of the detector or for TLS is missing or cannot be used.
        ValueError: An argument lacks another that it needs.
        ModelUnavailable: The model server does not have all models within `connect_seconds`.
    """
    server.check()
    models = list(load_contract().values())
    detector = _build_detector()
    reader = FrameReader(detector.detect, LIMITS, MAX_FACES, live_detector(detector))
    backend = _connect(server, models) if server.address else _load(models)
    return models, backend, reader


def _build_detector() -> Detector:
    """Builds the detector, and leaves the caller's OpenCV as it was: the service uses 1 thread."""
    with _BUILDING:
        threads = cv2.getNumThreads()
        try:
            detector = build_detector("mien", blazeface_file(), None)
            detector.prepare()
            return detector
        finally:
            cv2.setNumThreads(threads)


def _load(models: Sequence[ModelSpec]) -> Backend:
    from serving.in_process import InProcessModels

    return InProcessModels(models)


def _connect(server: ServerArguments, models: Sequence[ModelSpec]) -> Backend:
    from serving.channel import TlsFiles, open_channel
    from serving.client import ModelClient
    from serving.hub_bridge import InlineBridge

    files = (Path(file) if file else None for file in (server.certificate, server.key))
    tls = TlsFiles(Path(server.ca), *files) if server.ca else None
    connect = partial(open_channel, server.address, tls)
    client = ModelClient(
        connect, models, InlineBridge(), time.monotonic, CALL_SECONDS, server.label
    )
    changed = Event()
    client.watch(lambda _: changed.set())
    deadline = time.monotonic() + server.connect_seconds
    while missing := [state for state in client.states.values() if not state.available]:
        if not changed.wait(deadline - time.monotonic()):
            client.close()
            raise ModelUnavailable(
                f"The model {missing[0].name!r} is not available at {server.address!r} after "
                f"{server.connect_seconds:g} s. {missing[0].message} Check the address, which is "
                "HOST:PORT, and the server's log."
            )
        changed.clear()
    return client
