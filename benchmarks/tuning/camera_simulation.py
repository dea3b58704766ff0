"""Camera simulation: held-out images and clips as a webcam would have taken them."""

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
from serving.training.recipe import GeometricAugmentation, Recipe

JPEG = (cv2.IMWRITE_JPEG_QUALITY, 80)
"""The quality with which the page sends frames."""
NOISE, LOW_LIGHT_NOISE = 2.0, 3.0
"""Standard deviation of the sensor's noise in grey levels, in normal and in low light."""


def through_camera(image: Grey, noise: float, rng: Generator) -> Grey:
    """Adds a sensor's noise and JPEG artefacts to a grey image."""
    noisy = np.clip(image + rng.normal(0, noise, image.shape), 0, 255).astype(np.uint8)
    coded = cv2.imencode(".jpg", noisy, JPEG)[1]
    return np.asarray(cv2.imdecode(coded, cv2.IMREAD_GRAYSCALE), dtype=np.uint8)


def poor_camera(seed: int) -> Callable[[Image], Image]:
    """Returns a function that makes a frame look like 320 x 240 pixels in a third of the light."""
    rng = np.random.default_rng(seed)

    def degrade(frame: Image) -> Image:
        small = cv2.resize(frame, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
        dark = 0.35 * small + rng.normal(0, LOW_LIGHT_NOISE, small.shape)
        return np.asarray(np.clip(dark, 0, 255), dtype=np.uint8)

    return degrade


def estimate_jitter(tracks: Sequence[Sequence[Detection]], step: int) -> GeometricAugmentation:
    """Estimates how much the crop of a still face moves from one prediction to the next.

    The position of the eyes in the crop shows it, since it should not change. Heads that nod or
    turn count too, so the result is an upper bound. The difference of two positions has twice the
    variance of one, and a uniform distribution from -r to r has the variance r^2 / 3.

    Args:
        tracks: One face in consecutive frames, once per clip.
        step: Frames between two predictions.
    """
    positions = [np.array([_eyes(face) for face in track]) for track in tracks]
    moves = np.concatenate([position[step:] - position[:-step] for position in positions])
    x, y, size, roll = np.sqrt(3 * (moves**2).mean(axis=0) / 2)
    scale, shift = (float(np.exp(-size)), float(np.exp(size))), float(np.hypot(x, y) / np.sqrt(2))
    return GeometricAugmentation(scale, shift, float(roll), whole_image=0.0)


def _eyes(face: Detection) -> tuple[float, float, float, float]:
    """Midpoint of the eyes in sides of the upright crop, log of their distance, roll in degrees."""
    if face.landmarks is None:
        raise ValueError("The detector returns no landmarks. Use one that does, such as BlazeFace.")
    right, left = face.landmarks[:2]
    centre, side = face.box[:2] + face.box[2:] / 2, float(max(face.box[2:]))
    along = (left - right) / np.hypot(*(left - right))
    middle = ((right + left) / 2 - centre) / side
    across = float(along[0] * middle[1] - along[1] * middle[0])
    distance = float(np.hypot(*(left - right))) / side
    return float(along @ middle), across, float(np.log(distance)), face.roll


def still_face_crops(
    faces: Faces, spec: ModelSpec, jitter: GeometricAugmentation, repeats: int, rng: Generator
) -> NDArray[np.uint8]:
    """Crops `(n * repeats, size, size)` of still faces in front of a camera, with jitter."""
    return np.stack(
        [
            crop(
                through_camera(image, NOISE, rng),
                jitter_square(detected_square(square, spec.margin), jitter, rng),
                spec.size,
            )
            for image, square in zip(faces.images, faces.squares, strict=True)
            for _ in range(repeats)
        ]
    )


def augmented_crops(
    faces: Faces, spec: ModelSpec, recipe: Recipe, repeats: int, rng: Generator
) -> NDArray[np.uint8]:
    """Crops `(n * repeats, size, size)`, each with another training augmentation."""
    geometric = replace(recipe.augmentation.geometric, whole_image=0.0)
    augmentation = replace(recipe.augmentation, geometric=geometric)
    return np.stack(
        [
            training_crop(image, square, spec, augmentation, rng)
            for image, square in zip(faces.images, faces.squares, strict=True)
            for _ in range(repeats)
        ]
    )
