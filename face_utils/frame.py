"""Faces of a frame, found here or cut out by the client itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from time import perf_counter

from face_utils.boxes import FloatArray, clip
from face_utils.cropping import GreyCrop, Square, crop, face_square
from face_utils.detection import Detection, Image
from face_utils.errors import BadRequest, ImageTooLarge
from face_utils.image import EncodedImage, ImageLimits, decode, examine

Detect = Callable[[Image], list[Detection]]


@dataclass(frozen=True, eq=False)
class FaceRegion:
    """A face and the pixels that hold it.

    Attributes:
        detection: The face, in pixels of the upright frame.
        image: Picture that holds the face.
        x: Where the picture's left edge lies in the frame.
        y: Where its top edge lies.
        scale: Pixels of the picture per pixel of the frame.
    """

    detection: Detection
    image: Image
    x: float = 0.0
    y: float = 0.0
    scale: float = 1.0

    def crop(self, margin: float, size: int) -> GreyCrop:
        """The face, upright, `(size, size)` uint8 grey."""
        square = face_square(self.detection.box, margin, self.detection.roll)
        inside = Square(
            (square.x - self.x) * self.scale,
            (square.y - self.y) * self.scale,
            square.side * self.scale,
            square.roll,
        )
        return crop(self.image, inside, size)


@dataclass(frozen=True, eq=False)
class DetectedFrame:
    """Everything that is to be seen in one frame.

    Attributes:
        width: Width of the upright frame in pixels.
        height: Height of the upright frame in pixels.
        faces: Its faces, the best first.
        timings: Milliseconds by stage.
    """

    width: int
    height: int
    faces: list[FaceRegion]
    timings: dict[str, float] = field(default_factory=dict)


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


def detect_faces(data: bytes, detect: Detect, limits: ImageLimits, max_faces: int) -> DetectedFrame:
    """Decodes a frame once and finds its faces once.

    Raises:
        BadImage: `data` is no readable picture.
        ImageTooLarge: It is larger than `limits`.
    """
    start = perf_counter()
    image = decode(data, limits)
    decoded = perf_counter()
    height, width = image.shape[:2]
    found = detect(image)[:max_faces]
    inside = [FaceRegion(d, image) for d in found if min(clip(d.box, width, height)[2:]) > 0]
    timings = _milliseconds(decode=decoded - start, detect=perf_counter() - decoded)
    return DetectedFrame(width, height, inside, timings)


def read_client_faces(
    width: int, height: int, given: Sequence[ClientFace], limits: ImageLimits
) -> DetectedFrame:
    """Decodes the faces that a client cut out; all together are bound like one frame.

    Raises:
        BadImage: A crop is no readable picture.
        ImageTooLarge: The crops are larger than `limits`.
        BadRequest: A crop or its box is not square.
    """
    start = perf_counter()
    if sum(len(face.data) for face in given) > limits.max_bytes:
        raise ImageTooLarge(f"At most {limits.max_bytes} bytes of face crops pass.")
    crops = [examine(face.data, limits) for face in given]
    _check_together(crops, limits)
    faces = [_look_at(face, crop) for face, crop in zip(given, crops, strict=True)]
    return DetectedFrame(
        width, height, faces, _milliseconds(decode=perf_counter() - start, detect=0.0)
    )


def _check_together(crops: Sequence[EncodedImage], limits: ImageLimits) -> None:
    if sum(crop.width * crop.height for crop in crops) > limits.max_pixels:
        raise ImageTooLarge(f"At most {limits.max_pixels} pixels of face crops pass.")
    if sum(crop.work for crop in crops) > 1:
        raise ImageTooLarge("The face crops are too much work to decode. Send baseline JPEG.")


def _look_at(face: ClientFace, encoded: EncodedImage) -> FaceRegion:
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
