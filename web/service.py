"""Service: detector, model client and sessions, which all parts of the app share."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

from face_utils.detection import Detector
from face_utils.detectors.factory import build_detector, live_detector
from face_utils.frame import FrameReader
from face_utils.image import ImageLimits
from face_utils.model_spec import ModelSpec
from face_utils.results import Wire
from face_utils.session import SessionLimits
from serving.channel import TlsFiles, open_channel
from serving.circuit_breaker import ModelState
from serving.client import ModelClient
from serving.contract import load_contract
from serving.embedded_process import EmbeddedServer, unix_target
from serving.hub_bridge import HubBridge
from serving.joined_batches import JoinedBatches
from telemetry.tracing import configure_tracing
from web.live.model_status import model_status
from web.live.sessions import SessionCaps, SessionRegistry
from web.live.timers import build_timer
from web.live.worker_pool import build_workers, frames_at_once
from web.observability.metrics import (
    MODEL_AVAILABLE,
    MODEL_SERVER_RESTARTS,
    MODEL_WAITING,
    expect_models,
)
from web.observability.model_calls import ObservedBackend
from web.processes.place import Place
from web.settings import Settings
from web.settings.model_server import ModelServerSettings
from web.settings.sessions import SessionsSettings
from web.transport.bridges import build_bridge

log = logging.getLogger(__name__)

Send = Callable[[str, str, Wire], None]
"""Sends an event to one client: `send(sid, event, payload)`."""


@dataclass(frozen=True, eq=False)
class Service:
    """Everything that lives as long as the process.

    Attributes:
        settings: All settings of the app.
        models: The models of the contract by name.
        detector: Finds faces, for any number of threads.
        client: Client of the model server.
        sessions: All sessions.
        embedded: The embedded model server, or None if another one is used.
        bridge: Runs callbacks of the model client in the app's own world.
    """

    settings: Settings
    models: dict[str, ModelSpec]
    detector: Detector
    client: ModelClient
    sessions: SessionRegistry
    embedded: EmbeddedServer | None
    bridge: HubBridge

    @cached_property
    def reader(self) -> FrameReader:
        """Reads the frames of all clients."""
        limits = self.settings.limits
        image_limits = ImageLimits(limits.max_frame_bytes, limits.max_pixels)
        live = live_detector(self.detector)
        return FrameReader(self.detector.detect, image_limits, limits.max_faces, live)

    def start(self) -> None:
        """Starts the embedded model server and the threads. Call it once.

        Raises:
            OSError: The embedded model server cannot be started.
            TracesUnavailable: Traces are on and OpenTelemetry's SDK is not installed.
        """
        configure_tracing(self.settings.observability.traces, "mien-app")
        if self.embedded:
            self.embedded.start()
        # The model server loads its models in the meantime.
        self.detector.prepare()
        self.bridge.start()
        self.sessions.start()
        is_embedded = not self.settings.model_server.model_server
        self.client.watch(partial(_report_state, self.sessions, is_embedded))

    def close(self) -> None:
        """Ends the sessions, the model client and the embedded model server."""
        self.sessions.end_all()
        self.client.close()
        if self.embedded:
            self.embedded.close()


def build_service(
    settings: Settings,
    send: Send,
    disconnect: Callable[[str], Any],
    place: Place | None = None,
) -> Service:
    """Builds the service without starting anything.

    Args:
        settings: All settings of the app.
        send: Sends an event to one client: `send(sid, event, payload)`.
        disconnect: Closes one client's connection.
        place: Place of this process among those of the service; None if it is the only one.

    Raises:
        ContractError: The model contract is invalid.
        FileNotFoundError: The detector's model file or the models' folder is missing.
        TlsFilesError: A TLS file of the model server cannot be used.
    """
    models = load_contract(settings.model_server.contract)
    expect_models(models)
    embedded = _embedded_server(settings, place) if _starts_server(settings, place) else None
    detection = settings.detection
    detector = build_detector(detection.detector, detection.blazeface, detection.yunet)
    bridge = build_bridge()
    target = embedded.target if embedded else _server_target(settings, place)
    client = _build_client(settings.model_server, target, models, bridge)
    joined = _join_batches(client, settings)
    sessions = SessionRegistry(
        models=list(models.values()),
        open_backend=joined.join,
        workers=build_workers(settings, bridge.post),
        limits=session_limits(settings),
        caps=_session_caps(settings.sessions),
        frames_at_once=frames_at_once(settings),
        send=send,
        disconnect=disconnect,
    )
    return Service(settings, models, detector, client, sessions, embedded, bridge)


def _report_state(sessions: SessionRegistry, is_embedded: bool, state: ModelState) -> None:
    MODEL_AVAILABLE.labels(state.name).set(state.available)
    level = _log_level(state, is_embedded)
    log.log(level, "model %s: %s", state.name, state.message or f"version {state.version}")
    sessions.broadcast("model_status", model_status(state))


def _log_level(state: ModelState, is_embedded: bool) -> int:
    """Warns of a lost model, and does not log one that the embedded server is still loading."""
    if state.version is not None and not state.available:
        return logging.WARNING
    return logging.DEBUG if is_embedded and not state.available else logging.INFO


def _starts_server(settings: Settings, place: Place | None) -> bool:
    """Whether this process starts a model server. Of several app processes, one in a group does."""
    is_owner = place is None or place.owns_model_server
    return is_owner and not settings.model_server.model_server


def _server_target(settings: Settings, place: Place | None) -> str:
    """Address of the model server that another process has started."""
    named = settings.model_server.model_server
    return named if named or place is None else unix_target(place.model_socket)


def _embedded_server(settings: Settings, place: Place | None) -> EmbeddedServer:
    shown, server = settings.observability, settings.model_server
    log_options = ["--log-level", shown.log_level, "--log-format", shown.log_format]
    options = [*log_options, "--traces", shown.traces]
    socket = place.model_socket if place else None
    restarted = MODEL_SERVER_RESTARTS.inc
    return EmbeddedServer(server.models, server.contract, options, restarted, socket)


def _build_client(
    server: ModelServerSettings,
    target: str,
    models: dict[str, ModelSpec],
    bridge: HubBridge,
) -> ModelClient:
    tls = model_server_tls(server)
    if tls:
        tls.check()
    return ModelClient(
        partial(open_channel, target, tls, use_proxy=server.model_server_proxy),
        models.values(),
        bridge,
        time.monotonic,
        server.model_timeout_seconds,
        server.model_label,
    )


def _join_batches(client: ModelClient, settings: Settings) -> JoinedBatches:
    joined = JoinedBatches(
        ObservedBackend(client),
        build_timer(settings),
        time.monotonic,
        pause=partial(time.sleep, 0),
    )
    for state in client.states.values():
        MODEL_WAITING.labels(state.name).set_function(partial(joined.waiting, state.name))
    return joined


def session_limits(settings: Settings) -> SessionLimits:
    """The limits of each session, by the settings."""
    times, limits = settings.sessions, settings.limits
    return SessionLimits(
        max_seconds=times.session_max_seconds,
        idle_seconds=times.session_idle_seconds,
        frames_per_second=limits.max_frames_per_second,
        max_faces=limits.max_faces,
        track_memory_seconds=times.track_memory_seconds,
    )


def _session_caps(sessions: SessionsSettings) -> SessionCaps:
    return SessionCaps(sessions.max_sessions, sessions.max_sessions_per_address)


def model_server_tls(server: ModelServerSettings) -> TlsFiles | None:
    """The TLS files for the model server, or None without TLS."""
    if server.model_server_ca is None:
        return None
    files = (server.model_server_ca, server.model_server_certificate, server.model_server_key)
    return TlsFiles(*files)
