"""Simulated webcams: clips of real people where they are present, else a drawn face that moves."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from tests.support.moving_face import draw_face
from web.settings import ROOT

CLIPS = ROOT.parent / "shared" / "clips"
WIDTH, HEIGHT = 640, 480
CAMERA_RATE = 30
FRAMES = 48
"""Frames of a camera before it turns back: 1.6 s."""
DRAWN_CAMERAS = 4
JPEG_QUALITY = 80
FACES = 3

Image = NDArray[np.uint8]
Camera = list[Image]


def one_face(rate: int) -> list[list[bytes]]:
    """Returns one cycle of JPEGs per camera, with one person each, at `rate` frames/s."""
    return [_encode(camera, rate) for camera in _cameras(WIDTH)]


def three_faces(rate: int) -> list[list[bytes]]:
    """The same with three people side by side. Each person is as large as in `one_face`."""
    strips = _cameras(WIDTH // FACES)
    groups = [[strips[(i + k) % len(strips)] for k in range(FACES)] for i in range(len(strips))]
    return [
        _encode([np.hstack(images) for images in zip(*group, strict=True)], rate)
        for group in groups
    ]


def write_camera(path: Path) -> None:
    """Writes a camera in the form that Chromium plays: JPEGs one after the other, 30 per second."""
    path.write_bytes(b"".join(_encode(_cameras(WIDTH)[0], CAMERA_RATE)))


def describe() -> str:
    """Returns the source of the frames."""
    clips = _clips()
    return f"{len(clips)} webcam clips" if clips else "a drawn face"


def _clips() -> list[Path]:
    return sorted(CLIPS.glob("*.mkv"))


def _cameras(width: int) -> list[Camera]:
    """Returns the middle of each camera's picture, `width` pixels wide."""
    clips = _clips()
    if not clips:
        return [_drawn(width, i / DRAWN_CAMERAS) for i in range(DRAWN_CAMERAS)]
    left = (WIDTH - width) // 2
    return [[image[:, left : left + width] for image in _read(clip)] for clip in clips]


def _read(clip: Path) -> Iterator[Image]:
    video = cv2.VideoCapture(str(clip))
    for _ in range(FRAMES):
        complete, image = video.read()
        if not complete:
            raise ValueError(f"{clip} has fewer than {FRAMES} frames.")
        yield np.asarray(cv2.resize(image, (WIDTH, HEIGHT)), np.uint8)
    video.release()


def _drawn(width: int, start: float) -> Camera:
    """Half a cycle of the drawn face: the camera plays it forwards and backwards."""
    return [draw_face(start + i / FRAMES / 2, width, HEIGHT) for i in range(FRAMES)]


def _encode(camera: Camera, rate: int) -> list[bytes]:
    """Encodes a camera forwards and backwards, so that nothing jumps."""
    images = camera[:: CAMERA_RATE // rate]
    cycle = [*images, *images[-2:0:-1]]
    flags = [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY]
    return [bytes(cv2.imencode(".jpg", image, flags)[1]) for image in cycle]
