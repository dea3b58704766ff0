"""Stand-ins for a webcam: how held-out pictures and films would have come through one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from face_utils.cropping import crop
from face_utils.detection import Detection, Image
from face_utils.model_spec import ModelSpec
from serving.training.augmentation import detected_square, jitter_square, training_crop
from serving.training.faces import Faces, Grey
from serving.training.recipe import Framing, Recipe

JPEG = (cv2.IMWRITE_JPEG_QUALITY, 80)
"""The quality with which the page sends frames."""
NOISE, DIM_NOISE = 2.0, 3.0
"""Standard deviation of a sensor's noise in grey levels, in ordinary light and in little."""


def through_camera(image: Grey, noise: float, rng: Generator) -> Grey:
    """A grey picture with a sensor's noise and the traces of its JPEG."""
    noisy = np.clip(image + rng.normal(0, noise, image.shape), 0, 255).astype(np.uint8)
    coded = cv2.imencode(".jpg", noisy, JPEG)[1]
    return np.asarray(cv2.imdecode(coded, cv2.IMREAD_GRAYSCALE), dtype=np.uint8)


def poor_camera(seed: int) -> Callable[[Image], Image]:
    """Turns good frames into those of a camera of 320 by 240 pixels in a third of the light."""
    rng = np.random.default_rng(seed)

    def take(picture: Image) -> Image:
        small = cv2.resize(picture, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
        dim = 0.35 * small + rng.normal(0, DIM_NOISE, small.shape)
        return np.asarray(np.clip(dim, 0, 255), dtype=np.uint8)

    return take


def estimate_jitter(tracks: Sequence[Sequence[Detection]], step: int) -> Framing:
    """How much the crop moves from look to look on a face that keeps still.

    Where the eyes are in the crop tells: they should be at the same place. Heads that nod or turn
    count in, so it is an upper bound. A difference of two looks has twice the variance of one, and
    jitter that is even from -r to r has the variance r^2 / 3.

    Args:
        tracks: The same face in frame after frame, once per film.
        step: Frames from one look to the next.
    """
    places = [np.array([_eyes(face) for face in track]) for track in tracks]
    moves = np.concatenate([place[step:] - place[:-step] for place in places])
    x, y, size, roll = np.sqrt(3 * (moves**2).mean(axis=0) / 2)
    scale = float(np.exp(-size)), float(np.exp(size))
    return Framing(scale, float(np.hypot(x, y) / np.sqrt(2)), float(roll), whole=0.0)


def _eyes(face: Detection) -> tuple[float, float, float, float]:
    """Midpoint of the eyes in sides of the upright crop, log of their distance, roll in degrees."""
    if face.landmarks is None:
        raise ValueError("the detector gives no landmarks")
    right, left = face.landmarks[:2]
    centre, side = face.box[:2] + face.box[2:] / 2, float(max(face.box[2:]))
    along = (left - right) / np.hypot(*(left - right))
    middle = ((right + left) / 2 - centre) / side
    across = float(along[0] * middle[1] - along[1] * middle[0])
    distance = float(np.hypot(*(left - right))) / side
    return float(along @ middle), across, float(np.log(distance)), face.roll


def still_face_crops(
    faces: Faces, spec: ModelSpec, framing: Framing, looks: int, rng: Generator
) -> NDArray[np.uint8]:
    """Crops `(n * looks, size, size)`: still faces before a camera that is a little shaky."""
    return np.stack(
        [
            crop(
                through_camera(image, NOISE, rng),
                jitter_square(detected_square(square, spec.margin), framing, rng),
                spec.size,
            )
            for image, square in zip(faces.images, faces.squares, strict=True)
            for _ in range(looks)
        ]
    )


def augmented_crops(
    faces: Faces, spec: ModelSpec, recipe: Recipe, looks: int, rng: Generator
) -> NDArray[np.uint8]:
    """Crops `(n * looks, size, size)`: faces as changed as the training changes them each time."""
    framing = replace(recipe.framing, whole=0.0)
    return np.stack(
        [
            training_crop(image, square, spec.size, spec.margin, framing, recipe.light, rng)
            for image, square in zip(faces.images, faces.squares, strict=True)
            for _ in range(looks)
        ]
    )
