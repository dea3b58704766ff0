"""Landmarks of detected faces, by a small network that sees how a head is turned.

A detector of YuNet's form always claims an upright head: it adds the landmarks of a mean face to
the box. This network looks at the face itself, and finds the eyes of lying heads too.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from face_utils.boxes import FloatArray
from face_utils.cropping import GreyCrop, Square, crop, face_square
from face_utils.detectors.candidates import BOX, POINTS
from face_utils.detectors.openvino_runtime import CompiledNetwork, read_model
from face_utils.picture import Picture
from face_utils.quiet_openvino import openvino

SIDE = 48
"""Pixels of a side of the network's input."""

MARGIN = 0.15
"""Share of the box that the input shows beyond each of its sides."""

FOLDER = Path(__file__).with_name("landmark_network")


class LandmarkNetwork:
    """Finds eyes, nose and mouth of detected faces. Any number of threads can share it.

    Args:
        folder: A SavedModel of `serving.training.detector.export`.
    """

    def __init__(self, folder: Path = FOLDER) -> None:
        self._folder = folder
        self._network: CompiledNetwork | None = None

    def prepare(self) -> None:
        """Loads the network, which takes about 0.2 s."""
        if self._network is None:
            self._network = CompiledNetwork(_with_pixels(read_model(self._folder)))

    def locate(self, picture: Picture, faces: FloatArray) -> FloatArray:
        """Finds the landmarks of faces.

        Args:
            picture: The frame.
            faces: `(n, 13)` faces in pixels of the frame.

        Returns:
            `(n, 13)` the same faces with new landmarks.

        Raises:
            BadImage: The frame must be decoded further for this, and its data are damaged.
        """
        located = faces.copy()
        for row in located:
            square = face_square(row[BOX], MARGIN)
            points = self._run(_cut(picture, square)).reshape(-1, 2) * (square.side / 2)
            row[POINTS] = np.add(points, (square.x, square.y)).ravel()
        return located

    def _run(self, image: GreyCrop) -> FloatArray:
        """Returns `(8,)` landmarks; the input reaches from -1 to 1."""
        self.prepare()
        assert self._network is not None
        return self._network.run(image[..., np.newaxis])[0]


def _cut(picture: Picture, square: Square) -> GreyCrop:
    pixels, scale = picture.for_crop(SIDE / max(square.side, 1e-6))
    inside = Square(square.x * scale, square.y * scale, square.side * scale)
    return crop(pixels, inside, SIDE)


def _with_pixels(model: openvino.Model) -> openvino.Model:
    """The network for one image of uint8 pixels."""
    model.reshape([1, SIDE, SIDE, 1])
    steps = openvino.preprocess.PrePostProcessor(model)
    steps.input().tensor().set_element_type(openvino.Type.u8)
    return steps.build()
