"""A webcam that plays what a test needs."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from tests.support.moving_face import draw_face, film

Image = np.ndarray


class Camera:
    """The film that the browsers play as their camera.

    Chromium reads the file when a page opens the camera, so a new film is used from then on.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._moving_face = film(60)
        self.show_moving_face()

    def show_moving_face(self) -> None:
        """The astronaut, moved and zoomed."""
        self._write(self._moving_face)

    def show(self, image: Image) -> None:
        """A still image, (height, width, 3) uint8 in blue, green, red."""
        self._write([cv2.imencode(".jpg", image)[1].tobytes()] * 30)

    def unplug(self) -> None:
        """Removes the camera."""
        self.path.unlink()

    def _write(self, frames: list[bytes]) -> None:
        self.path.write_bytes(b"".join(frames))


def wall() -> Image:
    """An image without a face."""
    return np.full((480, 640, 3), 127, np.uint8)


def face_in_the_dark() -> Image:
    return (draw_face(0) * 0.12).astype(np.uint8)


def blurred_face() -> Image:
    return cv2.GaussianBlur(draw_face(0), (0, 0), 7)


def face_far_away() -> Image:
    image = np.zeros((480, 640, 3), np.uint8)
    image[204:276, 272:368] = cv2.resize(draw_face(0), (96, 72), interpolation=cv2.INTER_AREA)
    return image


def face_at_the_left() -> Image:
    """The face in the left half of the centre square, black elsewhere."""
    image = draw_face(0)
    image = np.roll(image, -120, axis=1)
    image[:, 320:] = 0
    return image
