"""Golden faces: freely licensed photos with labels that anyone can see or look up."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from face_utils.boxes import FloatArray
from face_utils.detection import Image
from web.settings import ROOT

FOLDER = ROOT / "tests" / "golden_images"

Truth = tuple[str, ...] | tuple[float, float]
"""Labels that count as right for a classification, lowest and highest value for a regression.

If an expression lies between two labels, both count as right.
"""


@dataclass(frozen=True, eq=False)
class GoldenFace:
    """One photo with one face.

    Attributes:
        name: Its table in `faces.toml`.
        data: The file's bytes.
        box: `(4,)` float32, the face in pixels, as BlazeFace frames it.
        quality_reasons: Reasons why the service shows no labels. Empty for a good face.
        truth: Truth by model.
        licence: Licence of the photo.
    """

    name: str
    data: bytes
    box: FloatArray
    quality_reasons: tuple[str, ...]
    truth: Mapping[str, Truth]
    licence: str

    @property
    def image(self) -> Image:
        """The photo, `(height, width, 3)` uint8 in blue, green, red."""
        return np.asarray(
            cv2.imdecode(np.frombuffer(self.data, np.uint8), cv2.IMREAD_COLOR), np.uint8
        )


def load_faces(folder: Path = FOLDER) -> list[GoldenFace]:
    """Reads `faces.toml` and the photos that it names."""
    tables = tomllib.loads((folder / "faces.toml").read_text(encoding="utf-8"))
    return [
        GoldenFace(
            name=name,
            data=(folder / table["file"]).read_bytes(),
            box=np.array(table["box"], np.float32),
            quality_reasons=tuple(table["quality_reasons"]),
            truth={model: tuple(right) for model, right in table["truth"].items()},
            licence=table["licence"],
        )
        for name, table in tables.items()
    ]
