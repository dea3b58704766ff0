"""Training faces for the landmark network: labelled by BlazeFace, then turned and degraded."""

from __future__ import annotations

import csv
import io
import zipfile
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from face_utils.detectors.blazeface import BlazeFace
from face_utils.detectors.landmark_network import MARGIN, SIDE
from serving.training.detector.degradation import cover, degrade

BORDER = 64
"""Pixels around a picture, so that BlazeFace sees a face that fills it."""
_LEAST_SCORE, _LEAST_SIDE = 0.7, 60


@dataclass(frozen=True)
class Faces:
    """Faces with their landmarks.

    Attributes:
        images: `(n, 1, 128, 128)` uint8 grey.
        boxes: `(n, 4)` `[x, y, w, h]` in pixels.
        landmarks: `(n, 4, 2)` pixels: right eye, left eye, nose, mouth.
    """

    images: Tensor
    boxes: Tensor
    landmarks: Tensor


def read_faces(files: list[Path], blazeface: Path, limit: int) -> Faces:
    """Reads training faces and finds their landmarks.

    Args:
        files: Zips of square colour faces with a `labels.csv`.
        blazeface: BlazeFace's model file.
        limit: Largest number of faces of a file.
    """
    detector = BlazeFace(blazeface)
    pictures = (image for file in files for image in _images(file, limit))
    found = [face for image in pictures for face in _find(detector, image)]
    images, boxes, landmarks = (
        torch.from_numpy(np.stack(part)) for part in zip(*found, strict=True)
    )
    return Faces(images[:, None], boxes, landmarks)


def _images(file: Path, limit: int) -> list[NDArray[np.uint8]]:
    with zipfile.ZipFile(file) as archive:
        table = csv.DictReader(io.StringIO(archive.read("labels.csv").decode()))
        rows = [row for row in table if row["split"] == "train"]
        order = np.random.default_rng(3).permutation(len(rows))[:limit]
        data = [np.frombuffer(archive.read(rows[i]["file"]), np.uint8) for i in order]
    return [np.asarray(cv2.imdecode(each, cv2.IMREAD_COLOR), np.uint8) for each in data]


def _find(
    detector: BlazeFace, image: NDArray[np.uint8]
) -> list[tuple[NDArray[np.uint8], NDArray[np.float32], NDArray[np.float32]]]:
    """The image in grey with the box and landmarks of its face, or nothing."""
    wide = np.pad(image, ((BORDER, BORDER), (BORDER, BORDER), (0, 0)))
    found = detector.detect(wide)
    if not found or found[0].score < _LEAST_SCORE or found[0].box[2] < _LEAST_SIDE:
        return []
    face = found[0]
    assert face.landmarks is not None
    box = face.box - np.array([BORDER, BORDER, 0, 0], np.float32)
    grey = np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), np.uint8)
    return [(grey, box, face.landmarks - BORDER)]


def turned(
    faces: Faces, index: Tensor, angles: Tensor, exact: bool = False
) -> tuple[Tensor, Tensor]:
    """Cuts out turned faces as the service does.

    Args:
        faces: All faces.
        index: `(n,)` numbers of the faces.
        angles: `(n,)` degrees clockwise.
        exact: Whether the box is BlazeFace's own. Otherwise it is moved and scaled a little, and
            every second picture is mirrored, as they all are degraded.

    Returns:
        `(n, 1, 48, 48)` grey pixels, 0 to 255, and `(n, 8)` landmarks from -1 to 1.
    """
    count = len(index)
    box = faces.boxes[index]
    side, centre = box[:, 2] * (1 + 2 * MARGIN), box[:, :2] + box[:, 2:] / 2
    mirror = torch.zeros(count, dtype=torch.bool)
    if not exact:
        side = side * torch.exp(torch.randn(count) * 0.07)
        centre = centre + torch.randn(count, 2) * box[:, 2:] * 0.05
        mirror = torch.rand(count) < 0.5
    cos, sin = torch.cos(torch.deg2rad(angles)), torch.sin(torch.deg2rad(angles))
    sign = torch.where(mirror, -1.0, 1.0)
    turn = torch.stack([cos * sign, sin, -sin * sign, cos]).T.reshape(count, 2, 2)
    turn = turn * (side / 2)[:, None, None]
    pixels = _cut(faces.images[index].float(), turn, centre)
    points = torch.linalg.solve(turn, (faces.landmarks[index] - centre[:, None]).mT).mT
    points = torch.where(mirror[:, None, None], points[:, [1, 0, 2, 3]], points)
    if not exact:
        pixels = cover(degrade(pixels), share=0.15)
    return pixels, points.flatten(1)


def _cut(images: Tensor, turn: Tensor, centre: Tensor) -> Tensor:
    half = images.shape[-1] / 2
    window = torch.cat([turn / half, ((centre - half) / half)[:, :, None]], dim=2)
    grid = functional.affine_grid(window, [len(images), 1, SIDE, SIDE], align_corners=False)
    return functional.grid_sample(images, grid, align_corners=False, padding_mode="border")


def random_angles(count: int) -> Tensor:
    """Degrees: mostly those of heads that are held upright or tilted, some of lying ones."""
    kind = torch.rand(count)
    tilted = torch.where(kind < 0.8, torch.rand(count) * 140 - 70, torch.rand(count) * 360 - 180)
    return torch.where(kind < 0.4, torch.randn(count) * 15, tilted)
