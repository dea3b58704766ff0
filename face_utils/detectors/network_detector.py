"""Detector with a `FaceNetwork`, which can look at parts of a picture."""

from __future__ import annotations

from face_utils.boxes import FloatArray
from face_utils.detection import Detection, Image
from face_utils.detectors import DetectorName
from face_utils.detectors.candidates import YUNET_FRAMING, Framing, read_cells, to_detections
from face_utils.detectors.face_network import FaceNetwork
from face_utils.detectors.landmark_network import LandmarkNetwork
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
        self._landmarks = LandmarkNetwork()

    def prepare(self) -> None:
        """Compiles the network for all canvases, so that no frame waits for that."""
        for size in (SMALL, LARGE):
            self._network.prepare(size)
        self._landmarks.prepare()

    @property
    def thresholds(self) -> Thresholds:
        """Lowest scores of its faces."""
        return self._thresholds

    def look(self, canvas: Image, threshold: float) -> FloatArray:
        """Returns `(n, 13)` candidates in pixels of the canvas."""
        size = canvas.shape[0], canvas.shape[1]
        return read_cells(self._network.run(canvas), size, threshold, self._framing)

    def locate(self, picture: Picture, faces: FloatArray) -> FloatArray:
        """Returns `(n, 13)` faces of a frame with the landmarks that their pixels show."""
        return self._landmarks.locate(picture, faces)

    def detect(self, image: Image) -> list[Detection]:
        """Returns all faces of an image, the best score first."""
        picture = Picture.of(image)
        faces = search_everywhere(picture, self.look, self._thresholds.photo)
        return to_detections(self.locate(picture, faces))
