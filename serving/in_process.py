"""Model backend that computes in the caller's process: no server, no socket."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np

from face_utils.backend import Done, ModelOutputs, PredictRequest
from face_utils.errors import MienError, ModelUnavailable
from face_utils.model_spec import ACTIVATION, ModelSpec
from serving.contract import INPUT_NAME, MODELS
from serving.server.saved_model import InvalidModelError
from serving.server.servable import Servable, load_servable


class InProcessModels:
    """The newest version of each model, loaded into this process by OpenVINO.

    Args:
        models: The models of the contract.
        folder: Folder of `NAME/VERSION/` SavedModels.
        threads: Threads that one inference may use.

    Raises:
        InvalidModelError: A SavedModel does not fit the contract.
        FileNotFoundError: A model is missing.

    Example:
        >>> from serving.contract import load_contract
        >>> models = InProcessModels(load_contract().values())
        >>> models.is_available("emotion")
        True
    """

    def __init__(
        self, models: Iterable[ModelSpec], folder: Path = MODELS, threads: int = 1
    ) -> None:
        self._servables = {spec.name: _load_newest(spec, folder, threads) for spec in models}

    def is_available(self, model: str) -> bool:
        """Whether the model is loaded."""
        return model in self._servables

    def predict(self, request: PredictRequest, done: Done) -> None:
        """Computes the outputs and calls `done` before it returns."""
        done(self._compute(request))

    def close(self) -> None:
        """Frees the models."""
        self._servables = {}

    def _compute(self, request: PredictRequest) -> ModelOutputs | MienError:
        model = request.model
        servable = self._servables.get(model.name)
        if servable is None:
            return ModelUnavailable(f"The model {model.name!r} is not loaded.")
        crops = request.crops[..., np.newaxis]
        outputs = servable.batcher.run({INPUT_NAME: crops}, lambda: True)
        names = (*model.outputs, ACTIVATION) if request.activation else model.outputs
        version = int(servable.metadata.model_spec.version.value)
        return ModelOutputs(version, {name: outputs[name] for name in names})


def _load_newest(spec: ModelSpec, folder: Path, threads: int) -> Servable:
    versions = [each for each in (folder / spec.name).glob("*") if each.name.isdecimal()]
    if not versions:
        raise FileNotFoundError(
            f"The model {spec.name!r} is missing: {folder / spec.name} has no folder with a "
            "version's number."
        )
    newest = max(versions, key=lambda each: int(each.name))
    try:
        return load_servable(spec.name, int(newest.name), newest, spec, threads)
    except InvalidModelError as error:
        raise InvalidModelError(f"The model in {newest} cannot be used: {error}") from error
