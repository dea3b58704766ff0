"""Model client: a non-blocking model backend that asks a model server over gRPC."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import partial
from threading import Event, Thread
from typing import Any

import numpy as np

from face_utils.backend import Done, ModelOutputs, PredictRequest
from face_utils.errors import ModelUnavailable
from face_utils.model_spec import ModelSpec
from process.unpatched_grpc import grpc
from serving.call_threads import CallThreads
from serving.circuit_breaker import CircuitBreaker, ModelState
from serving.contract import INPUT_NAME, SIGNATURE
from serving.contract_check import contract_violations
from serving.hub_bridge import Bridge
from serving.model_metadata import SIGNATURE_FIELD
from serving.protos import get_model_metadata_pb2, get_model_status_pb2, predict_pb2
from serving.protos.services import ModelServiceStub, PredictionServiceStub
from serving.response import read_response, response_shapes
from serving.tensors import encode

log = logging.getLogger(__name__)

STATUS_TIMEOUT_SECONDS = 1.0
POLL_SECONDS = 1.0
POLL_SECONDS_WHILE_DOWN = 0.25

_AVAILABLE = get_model_status_pb2.ModelVersionStatus.AVAILABLE
_GONE = {grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.NOT_FOUND}
_GONE_KINDS = {code.name.lower() for code in _GONE}
_CLOSED, _NOT_SENT = "closed", "not_sent"
_MESSAGES = {
    grpc.StatusCode.UNAVAILABLE: "The model server does not respond.",
    grpc.StatusCode.CANCELLED: "The model server is stopping.",
    grpc.StatusCode.DEADLINE_EXCEEDED: "The model server is too slow.",
    grpc.StatusCode.NOT_FOUND: "The model server does not serve this model.",
}


class CallFailed(ModelUnavailable):
    """A call to a model that failed.

    Attributes:
        kind: Reason: a gRPC status in lower case, `bad_answer`, `not_sent` or `closed`.
    """

    def __init__(self, message: str, kind: str) -> None:
        super().__init__(message)
        self.kind = kind


class ModelClient:
    """A model backend that speaks the TensorFlow Serving API.

    Args:
        connect: Opens a gRPC channel to the model server, when the client starts.
        models: The models of the contract.
        bridge: Runs callbacks in the app's world.
        clock: Monotonic time in seconds.
        timeout: Deadline of a Predict call in seconds.
        label: Version label to ask for, or empty for the newest version.
    """

    def __init__(
        self,
        connect: Callable[[], Any],
        models: Iterable[ModelSpec],
        bridge: Bridge,
        clock: Callable[[], float],
        timeout: float,
        label: str = "",
    ) -> None:
        self._models = {spec.name: spec for spec in models}
        self._connect = connect
        self._channel: Any = None
        self._bridge = bridge
        self._timeout = timeout
        self._status_timeout = max(timeout, STATUS_TIMEOUT_SECONDS)
        self._label = label
        self._breakers = {name: CircuitBreaker(name, clock) for name in self._models}
        self._polled: set[str] = set()
        self._proven: set[str] = set()
        self._threads = CallThreads()
        self._stop = Event()
        self._poller: Thread | None = None

    def watch(self, on_change: Callable[[ModelState], None]) -> None:
        """Starts to poll the server for its models; until then none is available.

        Args:
            on_change: Called in the bridge's world with each change of a model's state.
        """
        for breaker in self._breakers.values():
            breaker.on_change = on_change
        # Not earlier: gRPC starts native threads for its first channel.
        self._channel = self._connect()
        self._predictions = PredictionServiceStub(self._channel)
        self._statuses = ModelServiceStub(self._channel)
        self._poller = Thread(target=self._poll, name="model-status", daemon=True)
        self._poller.start()

    @property
    def states(self) -> dict[str, ModelState]:
        """State of each model, in the contract's order."""
        return {name: breaker.state for name, breaker in self._breakers.items()}

    def is_available(self, model: str) -> bool:
        """Whether a model can be asked now."""
        return self._breakers[model].state.available

    def predict(self, request: PredictRequest, done: Done) -> None:
        """Asks a model; calls `done` exactly once, later.

        The class activation maps are many times larger than the other outputs, so the server
        sends them only on request.
        """
        self._threads.run(partial(self._predict, request, done))

    def close(self) -> None:
        """Ends the polling and closes the channel; calls in flight and later calls fail."""
        self._stop.set()
        if self._poller:
            self._poller.join()
        if self._channel:
            self._channel.close()
        self._threads.close()

    def _address(self, spec: Any, name: str) -> None:
        spec.name = name
        if self._label:
            spec.version_label = self._label

    def _call(self, method: Any, request: Any, handle: Callable[[Any], None]) -> None:
        """Starts a call about a model's state."""
        self._threads.run(partial(self._wait_for_state, method, request, handle))

    def _wait_for_state(self, method: Any, request: Any, handle: Callable[[Any], None]) -> None:
        """Makes the call in a native thread; a closed client's calls end without a response."""
        with suppress(ValueError):  # The channel is closed.
            try:
                outcome = method(request, timeout=self._status_timeout)
            except grpc.RpcError as error:
                outcome = error
            self._bridge.post(partial(handle, outcome))

    def _predict(self, request: PredictRequest, done: Done) -> None:
        """Calls the server and reads its response, in a native thread."""
        try:
            outcome: ModelOutputs | CallFailed = self._wait_for_outputs(request)
        except CallFailed as failure:
            outcome = failure
        except Exception as error:
            # grpc raises a ValueError for a closed channel, but also for other reasons.
            if isinstance(error, ValueError) and self._stop.is_set():
                outcome = CallFailed("The model client was closed.", _CLOSED)
            else:
                outcome = CallFailed(f"The call could not be made: {error}", _NOT_SENT)
        self._bridge.post(partial(self._on_prediction, request.model.name, done, outcome))

    def _wait_for_outputs(self, request: PredictRequest) -> ModelOutputs:
        """Asks for a model's outputs, and waits for them.

        Raises:
            CallFailed: The server reported an error, or its response does not fit the contract.
        """
        model, crops = request.model, request.crops
        shapes = response_shapes(model, len(crops), activation=request.activation)
        message = predict_pb2.PredictRequest(output_filter=shapes)
        self._address(message.model_spec, model.name)
        message.model_spec.signature_name = SIGNATURE
        message.inputs[INPUT_NAME].CopyFrom(encode(crops[..., np.newaxis]))
        call = self._predictions.predict
        try:
            response = call(message, timeout=self._timeout, metadata=request.metadata)
        except grpc.RpcError as error:
            raise CallFailed(_explain(error), error.code().name.lower()) from None
        try:
            return read_response(shapes, response)
        except ValueError as error:
            reason = f"The response does not fit the contract: {error}."
            raise CallFailed(reason, "bad_answer") from None

    def _on_prediction(self, name: str, done: Done, outcome: ModelOutputs | CallFailed) -> None:
        breaker = self._breakers[name]
        if not isinstance(outcome, CallFailed):
            breaker.succeeded()
            if outcome.version == breaker.state.version:
                self._proven.add(name)
        elif outcome.kind == _NOT_SENT:
            log.error("A call to the model %s: %s", name, outcome.message)
        elif outcome.kind != _CLOSED:
            breaker.failed(outcome.message, is_gone=outcome.kind in _GONE_KINDS)
        done(outcome)

    def _poll(self) -> None:
        while not self._stop.is_set():
            self._poll_once()
            down = not all(breaker.state.available for breaker in self._breakers.values())
            self._stop.wait(POLL_SECONDS_WHILE_DOWN if down else POLL_SECONDS)

    def _poll_once(self) -> None:
        """Asks for the models that have not just given a prediction, which says the same."""
        proven, self._proven = self._proven, set()
        for name in self._models.keys() - self._polled:
            if name in proven and self.is_available(name):
                continue
            # TensorFlow Serving reports metadata by label, but status only by number.
            if self._label:
                self._ask_metadata(name)
            else:
                self._ask_status(name)

    def _ask_status(self, name: str) -> None:
        self._polled.add(name)
        request = get_model_status_pb2.GetModelStatusRequest()
        request.model_spec.name = name
        handle = partial(self._on_status, name)
        self._call(self._statuses.get_model_status, request, handle)

    def _on_status(self, name: str, outcome: Any) -> None:
        self._polled.discard(name)
        breaker = self._breakers[name]
        if isinstance(outcome, grpc.RpcError):
            breaker.failed(_explain(outcome), is_gone=outcome.code() in _GONE)
            return
        versions = [s.version for s in outcome.model_version_status if s.state == _AVAILABLE]
        if not versions:
            breaker.not_served("The model server has no working version of this model.")
        elif breaker.state.available and breaker.state.version == max(versions):
            breaker.served(max(versions))
        else:
            self._ask_metadata(name, max(versions))

    def _ask_metadata(self, name: str, version: int | None = None) -> None:
        self._polled.add(name)
        request = get_model_metadata_pb2.GetModelMetadataRequest(metadata_field=[SIGNATURE_FIELD])
        self._address(request.model_spec, name)
        if version is not None:
            request.model_spec.version.value = version
        handle = partial(self._on_metadata, name)
        self._call(self._predictions.get_model_metadata, request, handle)

    def _on_metadata(self, name: str, outcome: Any) -> None:
        self._polled.discard(name)
        if isinstance(outcome, grpc.RpcError):
            self._breakers[name].failed(_explain(outcome), is_gone=outcome.code() in _GONE)
            return
        version = outcome.model_spec.version.value
        violations = contract_violations(self._models[name], outcome)
        if violations:
            self._breakers[name].not_served(
                f"Version {version} does not fit the contract: {'; '.join(violations)}."
            )
        else:
            self._breakers[name].served(version)


def _explain(call: Any) -> str:
    code = call.code()
    return _MESSAGES.get(code) or f"The model server responded with {code.name}: {call.details()}"
