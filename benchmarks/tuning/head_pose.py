"""Study: how far a face may be turned away."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from benchmarks.tuning.degradation_runs import guess_loss, losses
from benchmarks.tuning.held_out import Sample
from benchmarks.tuning.models import Model
from benchmarks.tuning.selection_rules import Floats, Mask, find_bound, skill_score
from benchmarks.tuning.study import Finding, Row, Study, Table
from face_utils import quality
from face_utils.detection import Detection
from face_utils.detectors.factory import build_detector
from face_utils.model_spec import ModelSpec
from serving.training.faces import Grey
from web.settings import Settings

OFFSETS = (0.3, 0.4, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 1.0)
DISTANCES = (0.36, 0.34, 0.32, 0.3, 0.28, 0.26, 0.24)
KEPT = 0.75
FEWEST = 25

METHOD = f"""\
Turned faces cannot be made from straight ones, so these are all held-out faces of FER+ (emotion)
and FairFace (gender) as they are, with the landmarks of the detector. A row is a bound and the
faces beyond it; kept is the share of the skill on all faces that is left on those. Turned faces
are few: the bound lies where all faces beyond it, of both models, keep less than {KEPT:.0%}. The
distance of the eyes is asked only of faces that the nose does not refuse already. Bounds with
fewer than {FEWEST} faces beyond them, or none of a model, are left out."""


@dataclass(frozen=True, eq=False)
class Poses:
    """A model's answers about faces, and how these are turned.

    Attributes:
        spec: The model.
        guess: Mean loss of the best answer that looks at no face.
        loss: `(n,)` loss of each answer.
        offset: `(n,)` place of the nose, as `quality.nose_offset` has it.
        distance: `(n,)` distance of the eyes, as `quality.eye_distance` has it.
    """

    spec: ModelSpec
    guess: float
    loss: Floats
    offset: Floats
    distance: Floats

    def kept(self, rows: Mask) -> float:
        """Share of the skill on all faces that is left on some."""
        return skill_score(self.loss[rows], self.guess) / skill_score(self.loss, self.guess)


def study(askers: Sequence[tuple[Model, Sample]]) -> Study:
    """Asks models about faces, and looks at the answers about those that are turned.

    Args:
        askers: Classifications, each with the faces to ask it about.
    """
    poses = [pose(model, sample) for model, sample in askers]
    noses = list(_rows(poses, OFFSETS, lambda p, bound: p.offset > bound))
    eyes = list(_rows(poses, DISTANCES, _only_eyes))
    return Study(
        "Turned faces",
        METHOD,
        [
            Table("Nose beside the middle of the eyes, in distances of the eyes:", noses),
            Table("Distance of the eyes in sides of the face:", eyes),
        ],
        [_finding("MAX_NOSE_OFFSET", noses), _finding("MIN_EYE_DISTANCE", eyes)],
    )


def _only_eyes(poses: Poses, bound: float) -> Mask:
    return (poses.distance < bound) & (poses.offset <= quality.MAX_NOSE_OFFSET)


def pose(model: Model, sample: Sample) -> Poses:
    """Asks about the faces that the detector finds."""
    found = [_largest(faces) for faces in _detections(sample.faces.images)]
    seen = sample.take(np.array([face is not None for face in found]))
    faces = [face for face in found if face is not None]
    loss = losses(model.spec, model.answer(seen.crops(model.spec)), seen.truth)
    return Poses(
        model.spec,
        guess_loss(model.spec, seen.truth),
        loss,
        np.array([quality.nose_offset(face) for face in faces]),
        np.array([quality.eye_distance(face) for face in faces]),
    )


def _detections(images: Sequence[Grey]) -> Iterator[list[Detection]]:
    """Faces of pictures that they fill; with a margin the detector finds them at first sight."""
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
        if sum(counts) >= FEWEST and min(counts):
            kept = [each.kept(rows) for each, rows in zip(poses, chosen, strict=True)]
            row: Row = {"bound": bound}
            for each, rows in zip(poses, chosen, strict=True):
                row |= _columns(each, rows)
            yield row | {"together: kept %": 100 * float(np.average(kept, weights=counts))}


def _columns(poses: Poses, rows: Mask) -> Row:
    name = poses.spec.name
    return {
        f"{name}: faces": int(rows.sum()),
        f"{name} %": 100 * (1 - float(poses.loss[rows].mean())),
        f"{name}: kept %": 100 * poses.kept(rows),
    }


def _finding(bound: str, rows: Sequence[Row]) -> Finding:
    kept = [float(row["together: kept %"]) / 100 for row in rows]
    measured = find_bound([float(row["bound"]) for row in rows], kept, KEPT)
    rule = f"the faces beyond it keep less than {KEPT:.0%} of the skill"
    return Finding(f"quality.{bound}", float(getattr(quality, bound)), measured, rule)
