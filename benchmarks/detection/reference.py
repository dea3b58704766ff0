"""Reference faces of the scenes: those that YuNet finds in them and at twice their size.

At twice its size a small face is large enough for YuNet, but a large one is too large, so both
sizes are searched. The boxes are kept in `.cache`; images are not.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

import cv2
import numpy as np

from benchmarks.detection.matching import covered
from face_utils.boxes import FloatArray
from face_utils.detection import Image
from serving.training.run_dir import DATA

YUNET = DATA.parent / "models" / "face_detection_yunet_2023mar.onnx"
CACHE = Path(".cache/detection")
SCALES = (2.0, 1.0)
FACE_SCORE = 0.85
"""A detector should find every face that has at least this score."""
CONFIRMED_SCORE = 0.6
"""A box without a face of at least this score is a false alarm."""
_LOWEST_SCORE = 0.3
_OVERLAP, _MOST = 0.3, 5000


def reference_faces(
    images: Sequence[Image], yunet: Path = YUNET, scales: Sequence[float] = SCALES
) -> list[FloatArray]:
    """Returns the faces of each image, `(n, 5)`: `x, y, w, h, score`.

    Args:
        images: The images.
        yunet: YuNet's model file.
        scales: Sizes at which each image is searched.

    Raises:
        FileNotFoundError: YuNet's model file is missing.
    """
    if not yunet.is_file():
        raise FileNotFoundError(f"{yunet} is missing. Name YuNet's model file with --yunet.")
    file = CACHE / f"reference-{_checksum(images, scales)}.npz"
    if not file.is_file():
        file.parent.mkdir(parents=True, exist_ok=True)
        np.savez(file, *[find_faces(image, yunet, scales) for image in images])
    with np.load(file) as arrays:
        return [arrays[f"arr_{number}"] for number in range(len(images))]


def find_faces(image: Image, yunet: Path = YUNET, scales: Sequence[float] = SCALES) -> FloatArray:
    """Searches one image at some scales, `(n, 5)`; a face found twice counts once."""
    faces = np.zeros((0, 5), np.float32)
    for scale in scales:
        more = _search(image, scale, yunet)
        known = covered(more[:, :4], faces[faces[:, 4] >= FACE_SCORE, :4])
        faces = np.concatenate([faces, more[~known]])
    return faces


def _search(image: Image, scale: float, yunet: Path) -> FloatArray:
    scaled = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_LINEAR)
    size = scaled.shape[1::-1]
    network = cv2.FaceDetectorYN.create(str(yunet), "", size, _LOWEST_SCORE, _OVERLAP, _MOST)
    rows = network.detect(scaled)[1]
    if rows is None:
        return np.zeros((0, 5), np.float32)
    return np.concatenate([rows[:, :4] / scale, rows[:, 14:]], axis=1).astype(np.float32)


def _checksum(images: Sequence[Image], scales: Sequence[float]) -> str:
    digest = sha256(f"{scales} {_LOWEST_SCORE} {FACE_SCORE}".encode())
    for image in images:
        digest.update(np.ascontiguousarray(image).tobytes())
    return digest.hexdigest()[:12]
