"""Study of dim light: what the models lose, and which faces the quality check refuses, by group.

    python -m benchmarks.tuning.dim_light

Writes the tables of docs/experiments/2026-11-27-dim-light.md. The groups are labels of FairFace.
They are used only to compare refusals and errors.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from benchmarks.machine import describe_machine
from benchmarks.markdown import Row, markdown_table
from benchmarks.models import Model, Models, load_models
from benchmarks.tuning.camera_simulation import LOW_LIGHT_NOISE, NOISE, through_camera
from benchmarks.tuning.degradations import expose
from face_utils import quality
from face_utils.cropping import GreyCrop, crop
from face_utils.detectors.factory import build_detector
from serving.contract import CONTRACT, MODELS
from serving.training.alignment import find_square
from serving.training.augmentation import detected_square
from serving.training.faces import TEST, Faces
from serving.training.readers import read
from serving.training.run_dir import DATA
from serving.training.targets import TARGETS
from web.settings import ROOT, Settings

PAGE = ROOT / "docs" / "experiments" / "2026-11-27-dim-light.md"
MARK = "<!-- measured -->"
LIGHT = (1.0, 0.5, 0.35, 0.25, 0.18, 0.12, 0.08)
FACE_SIDE = 150
"""Side in pixels of every face in the simulated frame."""
BRIGHT = 130.0
"""Highlights of a crop after brightening."""
OLD_PERCENTILE, OLD_BOUND = 95, 45.0
"""The highlights and their bound before this study."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class DimFaces:
    """The faces of a data set in one light.

    Attributes:
        faces: The faces with their labels.
        light: Share of the light.
        frames: `n` simulated frames.
        squares: `(n, 4)` the faces' squares in them.
    """

    faces: Faces
    light: float
    frames: Sequence[GreyCrop]
    squares: NDArray[np.float32]

    def crops(self, margin: float, size: int) -> NDArray[np.uint8]:
        """The crops that the service cuts, `(n, size, size)`."""
        pairs = zip(self.frames, self.squares, strict=True)
        return np.stack([crop(f, detected_square(s, margin), size) for f, s in pairs])

    def losses(self, model: Model, brightened: bool) -> Floats:
        """Years outside of the label's range, or 1 for a wrong label, of each face."""
        crops = self.crops(model.spec.margin, model.spec.size)
        outputs = model.predict(np.stack([brighten(c) for c in crops]) if brightened else crops)
        if model.spec.kind == "regression":
            years, (low, high) = outputs[model.spec.unit], self.faces.ages.T
            return np.asarray(np.maximum(np.maximum(low - years, years - high), 0), np.float64)
        truth = TARGETS[model.spec.name](self.faces).truth
        return np.asarray(outputs["probabilities"].argmax(axis=1) != truth, np.float64)


def main() -> None:
    """Measures, prints the tables and writes them to the page."""
    parser = argparse.ArgumentParser(description="Measure models and refusals in dim light.")
    parser.add_argument("--faces", type=int, default=100, help="faces per group (%(default)s)")
    parser.add_argument("--data", type=Path, default=DATA, help="data sets (%(default)s)")
    options = parser.parse_args()
    cv2.setNumThreads(1)
    rng = np.random.default_rng(0)
    fairface = dim_faces(load_faces("fairface", options.data, options.faces), rng)
    ferplus = dim_faces(load_faces("ferplus", options.data, 4 * options.faces), rng)
    models = load_models(CONTRACT, MODELS)
    tables = [skill_table(models, fairface, ferplus), *refusal_tables(fairface, models)]
    text = "\n\n".join([MARK, f"Machine: {describe_machine()}.", *tables])
    print(text)
    head = PAGE.read_text(encoding="utf-8").partition(MARK)[0]
    PAGE.write_text(head + text + "\n", encoding="utf-8")


def load_faces(source: str, data: Path, per_group: int) -> Faces:
    """Loads test images with a right label, in which the service finds a face."""
    detector = build_detector("auto", Settings().detection.blazeface, None)
    records, squares, counts = [], [], Counter[str]()
    for record in read(source, data):
        if record.split != TEST or counts[record.group] == per_group:
            continue
        if (square := find_square(detector, record.image)) is not None:
            counts[record.group] += 1
            records.append(record)
            squares.append([square.x, square.y, square.side, square.roll])
    faces = Faces.build(source, records, np.array(squares, np.float32))
    return faces if source == "fairface" else faces.take(TARGETS["emotion"](faces).truth >= 0)


def dim_faces(faces: Faces, rng: Generator) -> list[DimFaces]:
    """Photographs faces in every light."""
    return [photograph(faces, light, rng) for light in LIGHT]


def photograph(faces: Faces, light: float, rng: Generator) -> DimFaces:
    """Simulates a webcam: every face has the same size, and sensor noise, and is a JPEG."""
    frames, squares = [], []
    for image, square in zip(faces.images, faces.squares, strict=True):
        scale = FACE_SIDE / float(square[2])
        large = np.asarray(cv2.resize(image, None, fx=scale, fy=scale), np.uint8)
        dark, _ = expose(large, square, light)
        frames.append(through_camera(dark, NOISE if light == 1 else LOW_LIGHT_NOISE, rng))
        squares.append([*(square[:3] * len(large) / len(image)), square[3]])
    return DimFaces(faces, light, frames, np.array(squares, np.float32))


def brighten(dark: GreyCrop) -> GreyCrop:
    """Scales a crop so that its highlights are bright; a bright one stays as it is."""
    gain = max(1.0, BRIGHT / max(quality.highlights(dark), 1.0))
    return np.asarray(cv2.convertScaleAbs(dark, alpha=gain), np.uint8)


def skill_table(models: Models, fairface: Sequence[DimFaces], ferplus: Sequence[DimFaces]) -> str:
    """Errors by light, of crops as they are and of brightened ones."""
    rows: list[Row] = []
    for dim, posed in zip(fairface, ferplus, strict=True):
        row: Row = {"light": dim.light}
        for name, what in (("", False), (", brightened", True)):
            row |= {
                f"emotion %{name}": 100 * (1 - _mean(posed.losses(models["emotion"], what))),
                f"age, years off{name}": _mean(dim.losses(models["age"], what)),
                f"gender %{name}": 100 * (1 - _mean(dim.losses(models["gender"], what))),
            }
        rows.append(row)
    count = f"{len(ferplus[0].faces)} faces of FER+, {len(fairface[0].faces)} of FairFace"
    return f"Right labels and error of age ({count}):\n\n{markdown_table(rows)}"


def refusal_tables(fairface: Sequence[DimFaces], models: Models) -> list[str]:
    """Accepted faces and the error among them, by light and group, at the old and new bound."""
    rules = (
        (f"Accepted in %, brightest 5 % from {OLD_BOUND:g} (before):", _old_highlights, OLD_BOUND),
        (
            f"Accepted in %, brightest 1 % from {quality.DARKEST_HIGHLIGHTS:g} (now):",
            quality.highlights,
            quality.DARKEST_HIGHLIGHTS,
        ),
    )
    tables, errors = [], list[Row]()
    accepted = np.ones(0, bool)
    for caption, measure, bound in rules:
        rows: list[Row] = []
        for dim in fairface:
            crops = dim.crops(quality.CROP_MARGIN, quality.CROP_SIZE)
            accepted = np.array([measure(c) >= bound for c in crops])
            shares = _by_group(dim.faces, 100.0 * accepted)
            spread = max(shares.values()) - min(shares.values())
            rows.append({"light": dim.light, **shares, "largest difference": spread})
        tables.append(f"{caption}\n\n{markdown_table(rows)}")
    for dim in fairface:
        losses = dim.losses(models["age"], brightened=False)
        errors.append({"light": dim.light, **_by_group(dim.faces, losses)})
    return [*tables, f"Error of age in years by group, of all faces:\n\n{markdown_table(errors)}"]


def _by_group(faces: Faces, values: Floats) -> dict[str, float]:
    groups = sorted(set(faces.group.tolist()))
    return {group: _mean(values[faces.group == group]) for group in groups}


def _old_highlights(dark: GreyCrop) -> float:
    return float(np.percentile(dark, OLD_PERCENTILE))


def _mean(values: Floats) -> float:
    return float(values.mean())


if __name__ == "__main__":
    main()
