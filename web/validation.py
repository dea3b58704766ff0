"""Checks what clients send, before anything is done with it."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from face_utils.boxes import FloatArray
from face_utils.detection import LANDMARKS, Detection
from face_utils.errors import BadRequest
from face_utils.frame import ClientFace
from face_utils.image import MAX_SIDE
from face_utils.results import FrameStamp

MAX_SEQ = 2**53


@dataclass(frozen=True, eq=False)
class ClientFrame:
    """A frame whose faces the client found itself.

    Attributes:
        width: Width of the frame in pixels.
        height: Height of the frame in pixels.
        faces: Its faces with their crops.
    """

    width: int
    height: int
    faces: list[ClientFace]


def read_seq(payload: Sequence[object]) -> int | None:
    """The frame's number as far as it can be told, for the acknowledgement of a bad frame."""
    meta = payload[0] if payload else None
    seq = meta.get("seq") if isinstance(meta, dict) else None
    return seq if _is_whole(seq) and 0 <= seq <= MAX_SEQ else None  # type: ignore[operator]


def read_frame(payload: Sequence[object]) -> tuple[FrameStamp, bytes]:
    """Reads the arguments of a `frame` event.

    Raises:
        BadRequest: They are not as the protocol has them.
    """
    if len(payload) != 2:
        raise BadRequest("frame takes an object and the binary image.")
    stamp = _read_stamp(payload[0], known={"seq", "captured_at"})
    return stamp, _bytes(payload[1])


def read_faces(payload: Sequence[object], max_faces: int) -> tuple[FrameStamp, ClientFrame]:
    """Reads the arguments of a `faces` event.

    Raises:
        BadRequest: They are not as the protocol has them.
    """
    if not payload:
        raise BadRequest("faces takes an object and one binary image per face.")
    stamp = _read_stamp(payload[0], known={"seq", "captured_at", "width", "height", "faces"})
    meta: dict[str, object] = payload[0]  # type: ignore[assignment]
    entries, crops = meta.get("faces"), payload[1:]
    if not isinstance(entries, list) or len(entries) != len(crops):
        raise BadRequest("faces takes one binary image per face.")
    if len(entries) > max_faces:
        raise BadRequest(f"At most {max_faces} faces of a frame pass.")
    faces = [_read_face(entry, crop) for entry, crop in zip(entries, crops, strict=True)]
    return stamp, ClientFrame(_side(meta, "width"), _side(meta, "height"), faces)


def _read_stamp(meta: object, known: set[str]) -> FrameStamp:
    if not isinstance(meta, dict):
        raise BadRequest("The first argument must be an object.")
    unknown = [key for key in meta if key not in known]
    if unknown:
        raise BadRequest(f"The frame has an unknown key {str(unknown[0])[:40]!r}.")
    seq = read_seq([meta])
    if seq is None:
        raise BadRequest("seq must be a whole number from 0.")
    captured_at = meta.get("captured_at")
    if captured_at is not None and not _is_number(captured_at):
        raise BadRequest("captured_at must be a number.")
    return FrameStamp(seq, captured_at)


def _read_face(entry: object, crop: object) -> ClientFace:
    if not isinstance(entry, dict):
        raise BadRequest("Each face must be an object.")
    box, crop_box = _box(entry, "box"), _box(entry, "crop_box")
    score = entry.get("score", 1.0)
    if not _is_number(score):
        raise BadRequest("score must be a number.")
    return ClientFace(Detection(box, float(score), _landmarks(entry)), crop_box, _bytes(crop))


def _landmarks(entry: dict[str, object]) -> FloatArray | None:
    points = entry.get("landmarks")
    if points is None:
        return None
    return np.stack([_numbers(points, len(LANDMARKS), i) for i in range(len(LANDMARKS))])


def _numbers(points: object, count: int, index: int) -> FloatArray:
    if not isinstance(points, list) or len(points) != count:
        raise BadRequest(f"landmarks must be {count} points.")
    return _vector(points[index], 2, "a landmark")


def _box(entry: dict[str, object], key: str) -> FloatArray:
    box = _vector(entry.get(key), 4, key)
    if min(box[2:]) < 1:
        raise BadRequest(f"{key} must be at least one pixel wide and high.")
    return box


def _vector(values: object, length: int, name: str) -> FloatArray:
    if not isinstance(values, list) or len(values) != length or not all(map(_is_number, values)):
        raise BadRequest(f"{name} must be {length} numbers.")
    if max(abs(v) for v in values) > 2 * MAX_SIDE:
        raise BadRequest(f"{name} lies too far outside.")
    return np.array(values, dtype=np.float32)


def _side(meta: dict[str, object], key: str) -> int:
    value = meta.get(key)
    if not _is_whole(value) or not 1 <= value <= MAX_SIDE:  # type: ignore[operator]
        raise BadRequest(f"{key} must be a whole number from 1 to {MAX_SIDE}.")
    return value  # type: ignore[return-value]


def _bytes(value: object) -> bytes:
    if not isinstance(value, (bytes, bytearray)):
        raise BadRequest("Send the image as binary, not as text such as base64.")
    return bytes(value)


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_number(value: object) -> bool:
    """Whether it is a number that a float can hold, which not every whole one in JSON is."""
    is_any = isinstance(value, float) or _is_whole(value)
    return is_any and abs(value) <= sys.float_info.max  # type: ignore[arg-type]
