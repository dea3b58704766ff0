"""Analyzes frames with the version of Mien in the working directory; runs in its own process.

Started as a file with a checkout on the path. It reads pickled requests from standard input and
writes pickled responses to standard output. Both use built-in types only, because the classes of
two versions differ. For the same reason most types are `Any`.
"""

# Some of these modules exist only in the earlier version.
# mypy: disable-error-code="import-not-found, import-untyped, attr-defined"
# ruff: noqa: I001

from __future__ import annotations

import pickle
import sys
from collections.abc import Mapping
from functools import cached_property, partial
from pathlib import Path
from typing import Any

Wire = dict[str, Any]
MAX_BYTES, MAX_PIXELS = 64 * 1024 * 1024, 100_000_000


class EarlierVersion:
    """Commit 5fc0e01, which had no `Analyzer`."""

    def __init__(self, blazeface: Path) -> None:
        from face_utils.detectors.choice import build_detector
        from face_utils.image import ImageLimits
        from serving.contract import load_contract

        self._detect = build_detector("auto", blazeface, None).detect
        self._limits = ImageLimits(MAX_BYTES, MAX_PIXELS)
        self._models = load_contract().values()
        self._networks: dict[str, Any] = {}

    def open(self, max_faces: int) -> None:
        """Starts a session."""
        from face_utils.pipeline import Pipeline

        self._max_faces = max_faces
        self._pipeline: Any = Pipeline()

    def frame(self, data: bytes, now: float) -> list[Wire]:
        """Analyzes the next frame of the session, without models."""
        return [face.to_wire() for face in self._analyse(data, now, {})[0].faces]

    def still(self, data: bytes) -> list[Wire]:
        """Finds the faces of a photo, without models."""
        self.open(max_faces=100)
        return self.frame(data, 0.0)

    def photo(self, data: bytes) -> list[Wire]:
        """Analyzes a photo, with all models."""
        self.open(max_faces=16)
        analysis, batches = self._analyse(data, 0.0, dict.fromkeys(self._models, 1.0))
        faces = {face.id: face.to_wire() | {"predictions": {}} for face in analysis.faces}
        for batch in batches:
            outputs = self._network(batch.model.name).run({"image": batch.crops[..., None]})
            for row, track in enumerate(batch.tracks):
                values = {name: value[row].tolist() for name, value in outputs.items()}
                faces[track]["predictions"][batch.model.name] = _describe(batch.model, values)
        return list(faces.values())

    def _analyse(self, data: bytes, now: float, intervals: Mapping[Any, float]) -> Any:
        from face_utils.sight import see_frame

        look = partial(see_frame, data, self._detect, self._limits, self._max_faces)
        return self._pipeline.analyse(look, intervals, now)

    def _network(self, name: str) -> Any:
        from serving.contract import MODELS
        from serving.server.network import Network
        from serving.server.saved_model import default_signature, read_signatures

        if name not in self._networks:
            folder = max((MODELS / name).iterdir(), key=lambda path: int(path.name))
            signature = default_signature(read_signatures(folder))
            self._networks[name] = Network(folder, signature, 1)
        return self._networks[name]


def _describe(model: Any, values: Mapping[str, Any]) -> Any:
    """Probabilities by label, or the value of a regression."""
    if not model.labels:
        return values[model.unit]
    return dict(zip(model.labels, values["probabilities"], strict=True))


class PresentVersion:
    """This checkout: live sessions as the service runs them, and photos by `Analyzer`."""

    def __init__(self, blazeface: Path) -> None:
        from face_utils.detectors.factory import build_detector, live_detector
        from face_utils.frame import FrameReader
        from face_utils.image import ImageLimits

        detector = build_detector("auto", blazeface, _yunet())
        limits = ImageLimits(MAX_BYTES, MAX_PIXELS)
        self._reader = FrameReader(detector.detect, limits, 100, live_detector(detector))

    def open(self, max_faces: int) -> None:
        """Starts a session."""
        from face_utils.pipeline import Pipeline

        self._pipeline = Pipeline(max_faces)

    def frame(self, data: bytes, now: float) -> list[Wire]:
        """Analyzes the next frame of the session, without models."""
        analysis = self._pipeline.analyze(partial(self._reader.open, data), {}, now)
        return [face.model_dump() for face in analysis.faces]

    def still(self, data: bytes) -> list[Wire]:
        """Finds the faces of a photo, without models."""
        from face_utils.pipeline import Pipeline

        analysis = Pipeline().analyze(partial(self._reader.read, data), {}, 0.0)
        return [face.model_dump() for face in analysis.faces]

    def photo(self, data: bytes) -> list[Wire]:
        """Analyzes a photo, with all models."""
        return [_wire(face) for face in self._analyzer.analyze(data).faces]

    @cached_property
    def _analyzer(self) -> Any:
        from face_utils.analyzer import Analyzer
        from serving.contract import load_contract
        from serving.in_process import InProcessModels

        models = list(load_contract().values())
        return Analyzer(models, InProcessModels(models), self._reader)


def _yunet() -> Path | None:
    """YuNet's file, if it should be used instead of the default detector."""
    return Path(sys.argv[2]) if sys.argv[2:] else None


def _wire(face: Any) -> Wire:
    values: Wire = face.model_dump()
    values["predictions"] = {
        name: each["scores"] if "scores" in each else each["value"]
        for name, each in values["predictions"].items()
    }
    return values


def main() -> None:
    """Responds to requests until standard input is closed."""
    output, sys.stdout = sys.stdout.buffer, sys.stderr
    blazeface = Path(sys.argv[1])
    is_earlier = Path("face_utils", "sight.py").is_file()
    version = EarlierVersion(blazeface) if is_earlier else PresentVersion(blazeface)
    while True:
        try:
            name, *arguments = pickle.load(sys.stdin.buffer)
        except EOFError:
            return
        pickle.dump(getattr(version, name)(*arguments), output)
        output.flush()


if __name__ == "__main__":
    main()
