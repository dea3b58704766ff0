"""Runs the SavedModels of the contract in this process, as the embedded server does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from face_utils.model_spec import ModelSpec
from face_utils.smoothing import Outputs
from serving.contract import INPUT_NAME, load_contract
from serving.server.openvino_model import OpenVinoModel
from serving.server.saved_model import default_signature, read_signatures

Crops = NDArray[np.uint8]
"""`(n, size, size)` uint8 grey."""


@dataclass(frozen=True, eq=False)
class Model:
    """A model and its table in the contract."""

    spec: ModelSpec
    network: OpenVinoModel

    def predict(self, crops: Crops) -> dict[str, NDArray[np.float32]]:
        """Returns the outputs of the contract, each `(n, ...)` float32."""
        outputs = self.network.run({INPUT_NAME: crops[..., np.newaxis]})
        return {name: outputs[name] for name in self.spec.outputs}

    def predict_each(self, crops: Crops) -> list[Outputs]:
        """Returns the outputs crop by crop."""
        outputs = self.predict(crops)
        return [{name: v[row] for name, v in outputs.items()} for row in range(len(crops))]


Models = Mapping[str, Model]


def load_models(contract: Path, folder: Path) -> Models:
    """Loads the newest version of every model of a contract from a folder of SavedModels."""
    specs = load_contract(contract)
    return {name: Model(spec, load_network(folder / name)) for name, spec in specs.items()}


def load_network(versions: Path) -> OpenVinoModel:
    """Loads the newest version of a model for one thread."""
    newest = max(versions.iterdir(), key=lambda folder: int(folder.name))
    return OpenVinoModel(newest, default_signature(read_signatures(newest)), threads=1)
