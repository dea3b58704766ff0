"""Study of the head pose: how far a face may be turned away."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from benchmarks.markdown import Row
from benchmarks.models import Model
from benchmarks.tuning.degradation_runs import guess_loss, losses
from benchmarks.tuning.held_out import Sample
from benchmarks.tuning.selection_rules import Floats, Mask, find_bound, skill_score
from benchmarks.tuning.study import Finding, Study, Table
from face_utils import quality
from face_utils.detection import Detection
from face_utils.detectors.factory import build_detector
from face_utils.model_spec import ModelSpec
from serving.training.faces import Grey
from web.settings import Settings

OFFSETS = (0.3, 0.4, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 1.0)
DISTANCES = (0.36, 0.34, 0.32, 0.3, 0.28, 0.26, 0.24)
KEPT = 0.75
MIN_FACES = 25

METHOD = f"""\
Turned faces cannot be made from frontal ones. So these are all held-out faces of FER+ (emotion) and
FairFace (gender) as they are, with the landmarks of the detector. A row shows the faces beyond a
bound. Kept is their share of the skill on all faces. Because turned faces are few, the bound is
where all faces beyond it, of both models, keep less than {KEPT:.0%}. The eye distance is measured
on faces that the nose offset does not refuse already. Bounds with fewer than {MIN_FACES} faces
beyond them, or without faces of a model, are left out."""


@dataclass(frozen=True, eq=False)
class Poses:
    """A model's losses on faces, and how the faces are turned.

    Attributes:
        spec: The model.
        guess: Mean loss of the best prediction without an image.
        loss: `(n,)` loss of each prediction.
        offset: `(n,)` offset of the nose, as in `quality.nose_offset`.
        distance: `(n,)` distance of the eyes, as in `quality.eye_distance`.
    """

    spec: ModelSpec
    guess: float
    loss: Floats
    offset: Floats
    distance: Floats

    def kept(self, rows: Mask) -> float:
        """Returns the skill on some faces as a share of the skill on all."""
        return skill_score(self.loss[rows], self.guess) / skill_score(self.loss, self.guess)


def study(samples: Sequence[tuple[Model, Sample]]) -> Study:
    """Compares predictions about turned faces with those about all faces.

    Args:
        samples: Classifications, each with the faces to predict.
    """
    poses = [measure_poses(model, sample) for model, sample in samples]
    offsets = list(_rows(poses, OFFSETS, lambda p, bound: p.offset > bound))
    distances = list(_rows(poses, DISTANCES, _only_eyes))
    return Study(
        "Head pose",
        METHOD,
        [
            Table("Offset of the nose from the middle of the eyes, in eye distances:", offsets),
            Table("Distance of the eyes, in sides of the face:", distances),
        ],
        [_finding("MAX_NOSE_OFFSET", offsets), _finding("MIN_EYE_DISTANCE", distances)],
    )


def _only_eyes(poses: Poses, bound: float) -> Mask:
    return (poses.distance < bound) & (poses.offset <= quality.MAX_NOSE_OFFSET)


def measure_poses(model: Model, sample: Sample) -> Poses:
    """Predicts the faces that the detector finds, and measures how they are turned."""
    found = [_largest(faces) for faces in _detections(sample.faces.images)]
    seen = sample.take(np.array([face is not None for face in found]))
    faces = [face for face in found if face is not None]
    loss = losses(model.spec, model.predict(seen.crops(model.spec)), seen.truth)
    return Poses(
        model.spec,
        guess_loss(model.spec, seen.truth),
        loss,
        np.array([quality.nose_offset(face) for face in faces]),
        np.array([quality.eye_distance(face) for face in faces]),
    )


def _detections(images: Sequence[Grey]) -> Iterator[list[Detection]]:
    """Detects faces in images that they fill; a border helps the detector to find them."""
    detect = build_detector("blazeface", Settings().detection.blazeface, None).detect
    for image in images:
        side = len(image)
        wide = cv2.copyMakeBorder(image, side, side, side, side, cv2.BORDER_CONSTANT)
        yield detect(cv2.cvtColor(wide, cv2.COLOR_GRAY2BGR))


def _largest(faces: Sequence[Detection]) -> Detection | None:
    return max(faces, key=lambda face: float(face.box[2]), default=None)


def _rows(
    poses: Sequence[Poses], bounds: Sequence[float], beyond: Callable[[Poses, float], Mask]
) -> Iterator[Row]:
    for bound in bounds:
        chosen = [beyond(each, bound) for each in poses]
        counts = [int(rows.sum()) for rows in chosen]
        if sum(counts) >= MIN_FACES and min(counts):
            kept = [each.kept(rows) for each, rows in zip(poses, chosen, strict=True)]
            row: Row = {"bound": bound}
            for each, rows in zip(poses, chosen, strict=True):
                row |= _columns(each, rows)
            yield row | {"both: kept %": 100 * float(np.average(kept, weights=counts))}


def _columns(poses: Poses, rows: Mask) -> Row:
    name = poses.spec.name
    return {
        f"{name}: faces": int(rows.sum()),
        f"{name}: accuracy %": 100 * (1 - float(poses.loss[rows].mean())),
        f"{name}: kept %": 100 * poses.kept(rows),
    }


def _finding(bound: str, rows: Sequence[Row]) -> Finding:
    kept = [float(row["both: kept %"]) / 100 for row in rows]
    measured = find_bound([float(row["bound"]) for row in rows], kept, KEPT)
    rule = f"the faces beyond it keep less than {KEPT:.0%} of the skill"
    return Finding(f"quality.{bound}", float(getattr(quality, bound)), measured, rule)
