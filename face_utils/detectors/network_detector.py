"""Detector with a `FaceNetwork`, which can look at parts of a picture."""

from __future__ import annotations

from face_utils.boxes import FloatArray
from face_utils.detection import Detection, Image
from face_utils.detectors import DetectorName
from face_utils.detectors.candidates import YUNET_FRAMING, Framing, read_cells, to_detections
from face_utils.detectors.face_network import FaceNetwork
from face_utils.picture import Picture
from face_utils.search.canvas_detector import Thresholds
from face_utils.search.coverage import LARGE, SMALL
from face_utils.search.full_search import search_everywhere


class NetworkDetector:
    """Finds faces by a network that any number of threads share.

    Args:
        name: Name of the detector.
        network: The network.
        thresholds: Lowest scores of its faces.
        framing: How the network frames a face.
    """

    def __init__(
        self,
        name: DetectorName,
        network: FaceNetwork,
        thresholds: Thresholds,
        framing: Framing = YUNET_FRAMING,
    ) -> None:
        self.name: str = name
        self._thresholds = thresholds
        self._framing = framing
        self._network = network

    def prepare(self) -> None:
        """Compiles the network for all canvases, so that no frame waits for that."""
        for size in (SMALL, LARGE):
            self._network.prepare(size)

    @property
    def thresholds(self) -> Thresholds:
        """Lowest scores of its faces."""
        return self._thresholds

    def look(self, canvas: Image, threshold: float) -> FloatArray:
        """Returns `(n, 13)` candidates in pixels of the canvas."""
        size = canvas.shape[0], canvas.shape[1]
        return read_cells(self._network.run(canvas), size, threshold, self._framing)

    def detect(self, image: Image) -> list[Detection]:
        """Returns all faces of an image, the best score first."""
        return to_detections(
            search_everywhere(Picture.of(image), self.look, self._thresholds.photo)
        )
