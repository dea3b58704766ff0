"""The seam between a session and the models: one request, one callback.

`serving.client.ModelClient` asks a model server over gRPC, `serving.in_process.InProcessModels`
computes in the caller's process, and `FakeBackend` replaces both in tests.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from face_utils.errors import MienError, ModelUnavailable
from face_utils.model_spec import ModelSpec


@dataclass(frozen=True, eq=False)
class PredictRequest:
    """One request to one model.

    Attributes:
        model: The model.
        crops: `(n, size, size)` uint8 grey, one crop per face.
        activation: Whether the outputs contain the class activation maps too.
        metadata: Key-value pairs that travel with the request, such as a trace id.

    Example:
        >>> import numpy as np
        >>> from serving.contract import load_contract
        >>> request = PredictRequest(load_contract()["age"], np.zeros((2, 96, 96), np.uint8))
        >>> len(request.crops)
        2
    """

    model: ModelSpec
    crops: NDArray[np.uint8]
    activation: bool = False
    metadata: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True, eq=False)
class ModelOutputs:
    """A model's outputs for one request.

    Attributes:
        version: Version of the model.
        outputs: Output name -> `(n, ...)` float32, one row per crop.

    Example:
        >>> import numpy as np
        >>> outputs = {"years": np.array([31.0], np.float32)}
        >>> ModelOutputs(version=1, outputs=outputs).version
        1
    """

    version: int
    outputs: Mapping[str, NDArray[np.float32]]


Done = Callable[[ModelOutputs | MienError], None]
"""Receives the outputs, or the error of a failed request."""


class Backend(Protocol):
    """Asks models without blocking the caller's event loop."""

    def is_available(self, model: str) -> bool:
        """Whether the model can be asked now."""
        ...

    def predict(self, request: PredictRequest, done: Done) -> None:
        """Asks a model; calls `done` exactly once, now or later."""
        ...

    def close(self) -> None:
        """Frees what the backend holds."""
        ...


@dataclass
class FakeBackend:
    """A backend for tests: gives the same outputs for every crop, at once.

    Attributes:
        outputs: Model name -> output name -> the values of one face.
        unavailable: Names of models that cannot be asked.
        requests: Every request so far.

    Example:
        >>> backend = FakeBackend({"age": {"years": 30.0, "low": 25.0, "high": 36.0}})
        >>> backend.is_available("age")
        True
    """

    outputs: Mapping[str, Mapping[str, float | Sequence[float]]]
    unavailable: set[str] = field(default_factory=set)
    requests: list[PredictRequest] = field(default_factory=list)

    def is_available(self, model: str) -> bool:
        """Whether the model has outputs and is not among the unavailable ones."""
        return model in self.outputs and model not in self.unavailable

    def predict(self, request: PredictRequest, done: Done) -> None:
        """Records the request and responds at once."""
        self.requests.append(request)
        if not self.is_available(request.model.name):
            done(ModelUnavailable(f"The model {request.model.name!r} is not available."))
            return
        rows = len(request.crops)
        values = self.outputs[request.model.name]
        outputs = {
            name: np.repeat(np.asarray([value], np.float32), rows, axis=0)
            for name, value in values.items()
        }
        done(ModelOutputs(1, outputs))

    def close(self) -> None:
        """Does nothing."""
