"""Mien's own models, run as its embedded server runs them: OpenVINO, 32-bit floats, one thread.

python -m benchmarks.peers.mien PICTURES ANSWERS
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
    EMOTION,
    WHOLE,
    Answer,
    Answers,
    Net,
    Pictures,
)
from face_utils.cropping import Square, crop
from face_utils.model_spec import ModelSpec
from serving.contract import INPUT_NAME, MODELS, load_contract
from serving.server.openvino_model import Arrays, Network
from serving.server.saved_model import default_signature, read_signatures
from serving.training.augmentation import detected_square, whole_square
from web.settings import ROOT

CARDS = ROOT / "docs" / "reference" / "model-cards"
ASKED = {EMOTION: ("emotion",), AGE_GENDER: ("age", "gender")}


class _Model:
    """One model with its crop, and how long it took for each face."""

    def __init__(self, spec: ModelSpec) -> None:
        self.spec = spec
        self._folder = max((MODELS / spec.name).iterdir(), key=lambda version: int(version.name))
        signature = default_signature(read_signatures(self._folder))
        self._network = Network(self._folder, signature, threads=1)
        self._milliseconds: list[float] = []

    def answer(self, image: np.ndarray, square: Square) -> Answer:
        """What the model says about one face."""
        with file_protocol.timed(self._milliseconds):
            cut = crop(image, square, self.spec.size)
            outputs = self._network.run({INPUT_NAME: cut[np.newaxis, ..., np.newaxis]})
        return _words(self.spec, outputs)

    def net(self) -> Net:
        """Its size and time."""
        return Net(
            name=self.spec.name,
            parameters=_weights(self.spec.name),
            megabytes=sum(file.stat().st_size for file in _files(self._folder)) / 1e6,
            milliseconds=float(np.median(self._milliseconds)),
        )


def main(folder: Path, target: Path) -> None:
    """Answers about all pictures of a folder."""
    cv2.setNumThreads(1)
    contract = load_contract()
    models = {name: _Model(contract[name]) for names in ASKED.values() for name in names}
    faces: dict[str, dict[str, list[Answer]]] = defaultdict(dict)
    whole_pictures = [part for part in file_protocol.read_pictures(folder) if part.framing == WHOLE]
    for pictures in whole_pictures:
        asked = [models[name] for name in ASKED[pictures.asked]]
        for framing in (file_protocol.WHOLE, file_protocol.CROP):
            faces[pictures.source][framing] = [
                _answer(asked, pictures, row, framing) for row in range(len(pictures.images))
            ]
    peak = file_protocol.peak_mib()
    nets = [model.net() for model in models.values()]
    file_protocol.write_answers(target, Answers(dict(faces), nets, peak))


def _answer(models: list[_Model], pictures: Pictures, row: int, framing: str) -> Answer:
    """Cuts each model's crop out of the whole picture, with the margin and size of its own."""
    image, square = pictures.images[row], pictures.squares[row]
    answer: Answer = {}
    for model in models:
        cut = (
            whole_square(image) if framing == WHOLE else detected_square(square, model.spec.margin)
        )
        answer |= model.answer(image, cut)
    return answer


def _words(spec: ModelSpec, outputs: Arrays) -> Answer:
    if spec.kind == "regression":
        return {spec.unit: float(outputs[spec.unit][0])}
    return {spec.name: spec.labels[int(outputs["probabilities"][0].argmax())]}


def _weights(name: str) -> int:
    """Number of weights by the model's card; the graph alone holds some twice."""
    card = json.loads((CARDS / f"{name}.json").read_text(encoding="utf-8"))
    return int(card["cost"]["weights"])


def _files(folder: Path) -> list[Path]:
    """The graph and its weights."""
    return [folder / "saved_model.pb", *(folder / "variables").iterdir()]


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
