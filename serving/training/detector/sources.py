"""Reads the training pictures of the face detector: scenes, crowds and faces."""

from __future__ import annotations

import csv
import io
import zipfile
from pathlib import Path

import cv2
import numpy as np
import torch
from numpy.typing import NDArray

from serving.training.detector.pictures import Sources

CROWD_SIDE = 800
FACES = 2000


def read_sources(scenes: Path, faces: Path, device: torch.device) -> Sources:
    """Reads the training rows of both sets.

    Args:
        scenes: `scenes.zip`.
        faces: `fairface_rgb.zip`, or another zip of square faces with a `labels.csv`.
        device: Where the pictures are kept.
    """
    rows = [(row["set"], image) for row, image in _rows(scenes)]
    small = np.stack([image for name, image in rows if name != "wider"])
    crowds = [image for name, image in rows if name == "wider"]
    portraits = np.stack([image for _, image in _rows(faces, FACES)])
    sizes = torch.tensor([image.shape[:2] for image in crowds], dtype=torch.float32)
    return Sources(
        _to_device(small, device),
        _to_device(np.stack([_pad(image) for image in crowds]), device),
        sizes.to(device),
        _to_device(portraits, device),
    )


def _rows(file: Path, limit: int | None = None) -> list[tuple[dict[str, str], NDArray[np.uint8]]]:
    """The training rows of a zip with their pictures, the first `limit` of a fixed shuffle."""
    with zipfile.ZipFile(file) as archive:
        table = csv.DictReader(io.StringIO(archive.read("labels.csv").decode()))
        rows = [row for row in table if row["split"] == "train"]
        order = np.random.default_rng(0).permutation(len(rows))[:limit]
        return [(rows[i], _decode(archive.read(rows[i]["file"]))) for i in order]


def _decode(data: bytes) -> NDArray[np.uint8]:
    image = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    return np.asarray(image, dtype=np.uint8)


def _pad(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    height, width = image.shape[:2]
    return np.pad(image, ((0, CROWD_SIDE - height), (0, CROWD_SIDE - width), (0, 0)))


def _to_device(images: NDArray[np.uint8], device: torch.device) -> torch.Tensor:
    return torch.from_numpy(images).permute(0, 3, 1, 2).contiguous().to(device)
