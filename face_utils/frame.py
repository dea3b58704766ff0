"""Reads frames: decodes an image and finds its faces, or takes the faces that a client found."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from time import perf_counter

import numpy as np
from numpy.typing import NDArray

from face_utils.boxes import FloatArray, clip
from face_utils.cropping import GreyCrop, Square, crop, face_square
from face_utils.detection import Detection, Image
from face_utils.errors import BadRequest, ImageTooLarge
from face_utils.image import EncodedImage, ImageLimits, decode, examine
from face_utils.picture import Picture
from face_utils.rotation import Rotation, rotate_image
from face_utils.search.canvas_detector import CanvasDetector

Detect = Callable[[Image], list[Detection]]
"""Finds the faces of an image, the best first."""


@dataclass(frozen=True, eq=False)
class FaceRegion:
    """A face and the pixels that contain it.

    Attributes:
        detection: The face, in pixels of the upright frame.
        image: Image that contains the face, or a picture of the whole frame.
        x: Left edge of the image in the frame, in pixels of the frame.
        y: Top edge of the image in the frame.
        scale: Pixels of the image per pixel of the frame.
    """

    detection: Detection
    image: Image | Picture
    x: float = 0.0
    y: float = 0.0
    scale: float = 1.0

    def crop(self, margin: float, size: int) -> GreyCrop:
        """The face, upright, `(size, size)` uint8 grey.

        Raises:
            BadImage: The frame must be decoded in full for this, and its data are damaged.
        """
        square = face_square(self.detection.box, margin, self.detection.roll)
        image, scale = self._pixels(size / max(square.side, 1e-6))
        inside = Square(
            (square.x - self.x) * scale,
            (square.y - self.y) * scale,
            square.side * scale,
            square.roll,
        )
        return crop(image, inside, size)

    def _pixels(self, least_scale: float) -> tuple[NDArray[np.uint8], float]:
        """Pixels that a crop need not enlarge, if the frame has them."""
        if isinstance(self.image, Picture):
            return self.image.for_crop(least_scale)
        return self.image, self.scale


@dataclass(frozen=True, eq=False)
class DetectedFrame:
    """A frame with the faces in it.

    Attributes:
        width: Width of the upright frame in pixels.
        height: Height of the upright frame in pixels.
        faces: Its faces, the best first.
        timings: Milliseconds by stage.
        picture: Its pixels, if crops may still decode more of them.
    """

    width: int
    height: int
    faces: list[FaceRegion]
    timings: dict[str, float] = field(default_factory=dict)
    picture: Picture | None = None


@dataclass(frozen=True, eq=False)
class LiveFrame:
    """A frame of a session before its faces are known: the session decides where to look.

    Attributes:
        decode: Decodes it.
        detector: Looks at parts of it.
    """

    decode: Callable[[], Picture]
    detector: CanvasDetector


FrameSource = Callable[[], DetectedFrame | LiveFrame]
"""Gives a frame; runs in a worker, since it decodes and may detect."""


@dataclass(frozen=True, eq=False)
class ClientFace:
    """A face that the client found itself.

    Attributes:
        detection: The face, in pixels of the upright frame.
        crop_box: `(4,)` part of the frame that `data` shows, a square.
        data: JPEG, PNG or WebP.
    """

    detection: Detection
    crop_box: FloatArray
    data: bytes


@dataclass(frozen=True, eq=False)
class ClientFrame:
    """A frame whose faces the client found itself.

    Attributes:
        width: Width of the upright frame in pixels.
        height: Height of the upright frame in pixels.
        faces: Its faces with their crops.
    """

    width: int
    height: int
    faces: list[ClientFace]


@dataclass(frozen=True, eq=False)
class FrameReader:
    """Converts a frame of any form to a `DetectedFrame`. Safe for use by many threads.

    Attributes:
        detect: Finds the faces of an image.
        limits: Limits of one encoded image.
        max_faces: Largest number of faces that a client may send, or that are analyzed.
        live: Looks at parts of a live frame; None to search every frame with `detect`.

    Example:
        >>> import numpy as np
        >>> reader = FrameReader(lambda image: [], ImageLimits(1_000_000, 1_000_000), 16)
        >>> reader.read_image(np.zeros((480, 640, 3), np.uint8)).width
        640
    """

    detect: Detect
    limits: ImageLimits
    max_faces: int
    live: CanvasDetector | None = None

    def open(self, data: bytes, rotate: Rotation = 0) -> DetectedFrame | LiveFrame:
        """Reads an encoded live frame, of which only the parts that matter are searched.

        Args:
            data: JPEG, PNG or WebP.
            rotate: Degrees clockwise that make the frame upright.

        Raises:
            BadImage: `data` is not a readable image.
            ImageTooLarge: It exceeds the limits.
        """
        if self.live is None:
            return self.read(data, rotate)
        encoded = examine(data, self.limits)
        return LiveFrame(partial(Picture.read, encoded, rotate), self.live)

    def open_image(self, image: Image, rotate: Rotation = 0) -> DetectedFrame | LiveFrame:
        """Reads a decoded live frame.

        Args:
            image: `(height, width, 3)` uint8 in OpenCV's order blue, green, red.
            rotate: Degrees clockwise that make the frame upright.
        """
        if self.live is None:
            return self.read_image(image, rotate)
        return LiveFrame(lambda: Picture.of(rotate_image(image, rotate)), self.live)

    def read(self, data: bytes, rotate: Rotation = 0) -> DetectedFrame:
        """Decodes an encoded frame once and finds its faces once.

        Args:
            data: JPEG, PNG or WebP.
            rotate: Degrees clockwise that make the frame upright.

        Raises:
            BadImage: `data` is not a readable image.
            ImageTooLarge: It exceeds the limits.
        """
        start = perf_counter()
        image = rotate_image(decode(data, self.limits), rotate)
        return self._find(image, perf_counter() - start)

    def read_image(self, image: Image, rotate: Rotation = 0) -> DetectedFrame:
        """Finds the faces of a decoded frame.

        Args:
            image: `(height, width, 3)` uint8 in OpenCV's order blue, green, red.
            rotate: Degrees clockwise that make the frame upright.
        """
        return self._find(rotate_image(image, rotate), 0.0)

    def read_client_faces(self, frame: ClientFrame) -> DetectedFrame:
        """Decodes face crops of a client; the limits of one frame apply to all of them together.

        The crops and boxes are of the upright frame already, so they are never rotated.

        Raises:
            BadImage: A crop is not a readable image.
            ImageTooLarge: The crops exceed the limits.
            BadRequest: A crop or its box is not square.
        """
        start = perf_counter()
        if sum(len(face.data) for face in frame.faces) > self.limits.max_bytes:
            raise ImageTooLarge(
                f"The face crops exceed {self.limits.max_bytes} bytes together. Send smaller ones."
            )
        crops = [examine(face.data, self.limits) for face in frame.faces]
        _check_together(crops, self.limits)
        faces = [_place(face, crop) for face, crop in zip(frame.faces, crops, strict=True)]
        timings = _milliseconds(decode=perf_counter() - start, detect=0.0)
        return DetectedFrame(frame.width, frame.height, faces, timings)

    def _find(self, image: Image, decode_seconds: float) -> DetectedFrame:
        start = perf_counter()
        height, width = image.shape[:2]
        found = self.detect(image)
        inside = [FaceRegion(d, image) for d in found if min(clip(d.box, width, height)[2:]) > 0]
        timings = _milliseconds(decode=decode_seconds, detect=perf_counter() - start)
        return DetectedFrame(width, height, inside, timings)


def _check_together(crops: Sequence[EncodedImage], limits: ImageLimits) -> None:
    if sum(crop.width * crop.height for crop in crops) > limits.max_pixels:
        raise ImageTooLarge(
            f"The face crops exceed {limits.max_pixels} pixels together. Send smaller ones."
        )
    if sum(crop.cost for crop in crops) > 1:
        raise ImageTooLarge("The face crops cost too much to decode. Send baseline JPEGs.")


def _place(face: ClientFace, encoded: EncodedImage) -> FaceRegion:
    """Decodes a crop and computes its position in the frame."""
    height, width = encoded.height, encoded.width
    if abs(height - width) > 1:
        raise BadRequest(f"A face crop must be square, not {width} by {height} pixels.")
    x, y, side, box_height = (float(v) for v in face.crop_box)
    if abs(box_height - side) > 1:
        raise BadRequest(f"A crop_box must be square, not {side:g} by {box_height:g} pixels.")
    image = encoded.decode()
    return FaceRegion(face.detection, image, x, y, image.shape[1] / side)


def _milliseconds(**seconds: float) -> dict[str, float]:
    return {f"{name}_ms": round(value * 1e3, 2) for name, value in seconds.items()}
