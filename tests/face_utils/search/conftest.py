from __future__ import annotations

import numpy as np
import pytest

from face_utils.picture import Picture
from face_utils.search.live_search import LiveSearch
from tests.support.drawn_faces import DrawnFaceDetector, Known, draw


class Session:
    """A session that follows what it found in the frame before, 10 frames a second."""

    def __init__(self) -> None:
        self.detector = DrawnFaceDetector()
        self.now = 100.0
        self._search = LiveSearch()
        self._followed: list[Known] = []

    def see(self, *boxes, size=(1280, 720), seconds=0.1):
        """Shows a frame with faces in these boxes, and returns the boxes that are found."""
        self.now += seconds
        self.detector.canvases.clear()
        picture = Picture.of(draw(*size, boxes))
        found = self._search.find(picture, self._followed, self.detector, self.now)[:, :4]
        self._followed = [Known(number, box) for number, box in enumerate(found)]
        return sorted(np.round(found).astype(int).tolist())


@pytest.fixture
def session():
    return Session()
