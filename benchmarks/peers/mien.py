"""Runs Mien's models as its embedded server does: OpenVINO, 32-bit floats, one thread.

python -m benchmarks.peers.mien IMAGES RESULTS
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from pathlib import Path

import cv2
import numpy as np

from benchmarks.peers import file_protocol
from benchmarks.peers.file_protocol import (
    AGE_GENDER,
    CROP,
    EMOTION,
    WHOLE,
    ImageSet,
    NetworkCost,
    Prediction,
    Results,
)
from face_utils.cropping import Square, crop
from face_utils.model_spec import ModelSpec
from serving.contract import INPUT_NAME, MODELS, load_contract
from serving.server.openvino_model import Arrays, OpenVinoModel
from serving.server.saved_model import default_signature, read_signatures
from serving.training.augmentation import detected_square, whole_square
from serving.training.faces import Grey
from web.settings import ROOT

CARDS = ROOT / "docs" / "reference" / "model-cards"
TASKS = {EMOTION: ("emotion",), AGE_GENDER: ("age", "gender")}


class _Model:
    """One model with its crop, and the time of each prediction."""

    def __init__(self, spec: ModelSpec) -> None:
        self.spec = spec
        self._folder = max((MODELS / spec.name).iterdir(), key=lambda version: int(version.name))
        signature = default_signature(read_signatures(self._folder))
        self._network = OpenVinoModel(self._folder, signature, threads=1)
        self._milliseconds: list[float] = []

    def predict(self, image: Grey, square: Square) -> Prediction:
        """Predicts one face."""
        with file_protocol.record_cpu_time(self._milliseconds):
            cut = crop(image, square, self.spec.size)
            outputs = self._network.run({INPUT_NAME: cut[np.newaxis, ..., np.newaxis]})
        return _in_words(self.spec, outputs)

    def cost(self) -> NetworkCost:
        """Returns its size and time."""
        return NetworkCost(
            name=self.spec.name,
            parameters=_weights(self.spec.name),
            megabytes=sum(file.stat().st_size for file in _files(self._folder)) / 1e6,
            milliseconds=float(np.median(self._milliseconds)),
        )


def main(folder: Path, target: Path) -> None:
    """Predicts all images of a folder."""
    cv2.setNumThreads(1)
    contract = load_contract()
    models = {name: _Model(contract[name]) for names in TASKS.values() for name in names}
    predictions: dict[str, dict[str, list[Prediction]]] = defaultdict(dict)
    for each in (part for part in file_protocol.read_images(folder) if part.input == WHOLE):
        chosen = [models[name] for name in TASKS[each.task]]
        for name in (WHOLE, CROP):
            rows = range(len(each.images))
            predictions[each.source][name] = [_predict(chosen, each, row, name) for row in rows]
    peak = file_protocol.peak_mib()
    costs = [model.cost() for model in models.values()]
    file_protocol.write_results(target, Results(dict(predictions), costs, peak))


def _predict(models: list[_Model], images: ImageSet, row: int, name: str) -> Prediction:
    """Cuts each model's crop out of the whole image, with the model's margin and size."""
    image, square = images.images[row], images.squares[row]
    prediction: Prediction = {}
    for model in models:
        is_whole = name == WHOLE
        cut = whole_square(image) if is_whole else detected_square(square, model.spec.margin)
        prediction |= model.predict(image, cut)
    return prediction


def _in_words(spec: ModelSpec, outputs: Arrays) -> Prediction:
    if spec.kind == "regression":
        return {spec.unit: float(outputs[spec.unit][0])}
    return {spec.name: spec.labels[int(outputs["probabilities"][0].argmax())]}


def _weights(name: str) -> int:
    """Number of weights according to the model's report; the graph has some of them twice."""
    report = json.loads((CARDS / f"{name}.json").read_text(encoding="utf-8"))
    return int(report["cost"]["weights"])


def _files(folder: Path) -> list[Path]:
    """The graph and its weights."""
    return [folder / "saved_model.pb", *(folder / "variables").iterdir()]


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
