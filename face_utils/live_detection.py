"""Finds the faces in the frames of one session."""

from __future__ import annotations

from collections.abc import Sequence
from time import perf_counter

import numpy as np
from numpy.typing import NDArray

from face_utils.boxes import FloatArray
from face_utils.detectors.candidates import to_detections
from face_utils.frame import DetectedFrame, FaceRegion, LiveFrame
from face_utils.picture import Picture
from face_utils.search.follow_windows import FollowedFace
from face_utils.search.live_search import LiveSearch


class LiveDetection:
    """Decodes and searches as much of each frame as the session needs.

    One thread at a time may use it.
    """

    def __init__(self) -> None:
        self._search = LiveSearch()

    def find(self, frame: LiveFrame, followed: Sequence[FollowedFace], now: float) -> DetectedFrame:
        """Finds the faces that matter now.

        Args:
            frame: The session's next frame.
            followed: The faces of its last frame, where they are expected.
            now: Time of the frame in seconds.

        Raises:
            BadImage: Its data are damaged.
        """
        picture = frame.decode()
        start = perf_counter() - picture.decode_seconds
        faces = self._search.find(picture, followed, frame.detector, now)
        inside = frame.detector.locate(picture, faces[_is_inside(faces, picture)])
        seconds = perf_counter() - start - picture.decode_seconds
        regions = [FaceRegion(detection, picture) for detection in to_detections(inside)]
        timings = {"detect_ms": round(seconds * 1e3, 2)}
        return DetectedFrame(picture.width, picture.height, regions, timings, picture)


def _is_inside(faces: FloatArray, picture: Picture) -> NDArray[np.bool_]:
    ends = faces[:, :2] + faces[:, 2:4]
    beyond = faces[:, :2] >= (picture.width, picture.height)
    return np.asarray(~(beyond | (ends <= 0)).any(axis=1))
