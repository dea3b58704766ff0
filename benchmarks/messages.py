"""Messages of the benchmark clients: whole frames, or faces detected by the client."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np

from benchmarks.load import Message
from face_utils.boxes import FloatArray
from face_utils.cropping import face_square
from face_utils.detectors.factory import build_detector
from serving.contract import load_contract
from tests.support.moving_face import draw_face, jpeg
from web.live.session_event import travelling_crop
from web.settings import Settings

CROP_QUALITY = 90
"""The page's JPEG quality for faces, in percent."""


def whole_frames(count: int) -> list[Message]:
    """Returns one cycle of the test video as arguments of `frame`."""
    return [({}, jpeg(i / count)) for i in range(count)]


def detected_faces(count: int) -> list[Message]:
    """Returns the same cycle as arguments of `faces`, with the crops that the page would send."""
    detector = build_detector("blazeface", Settings().detection.blazeface, None)
    rule = travelling_crop(load_contract().values())
    messages = []
    for i in range(count):
        image = draw_face(i / count)
        [face] = detector.detect(image)
        square = face_square(face.box, rule.margin)
        side = round(square.side)
        patch = cv2.getRectSubPix(image, (side, side), (square.x, square.y))
        crop = cv2.resize(patch, (rule.size, rule.size), interpolation=cv2.INTER_AREA)
        box = [square.x - side / 2, square.y - side / 2, side, side]
        messages.append((_about(face.box, box, image.shape), _encoded(crop)))
    return messages


def _about(box: FloatArray, crop_box: list[float], shape: tuple[int, ...]) -> dict[str, object]:
    face = {"box": box.tolist(), "crop_box": crop_box}
    return {"width": shape[1], "height": shape[0], "faces": [face]}


def _encoded(crop: np.ndarray) -> bytes:
    return bytes(cv2.imencode(".jpg", crop, [cv2.IMWRITE_JPEG_QUALITY, CROP_QUALITY])[1])


MESSAGES: dict[str, Callable[[int], list[Message]]] = {
    "frame": whole_frames,
    "faces": detected_faces,
}
"""Builds the messages of each event."""
