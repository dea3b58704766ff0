"""Reads the arguments of client events, before anything is done with them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from face_utils.detection import Detection
from face_utils.errors import BadRequest
from face_utils.frame import ClientFace, ClientFrame
from face_utils.session_events import FrameStamp
from web.protocol.client_events import MAX_SEQ, FaceMeta, FacesMeta, FrameMeta
from web.transport.framing import MaskedImage


def read_seq(payload: Sequence[object]) -> int | None:
    """The frame's number if it is valid, for the ack of a bad frame."""
    meta = payload[0] if payload else None
    seq = meta.get("seq") if isinstance(meta, dict) else None
    if not isinstance(seq, int) or isinstance(seq, bool):
        return None
    return seq if 0 <= seq <= MAX_SEQ else None


def read_frame(payload: Sequence[object]) -> tuple[FrameStamp, bytes | MaskedImage]:
    """Reads the arguments of a `frame` event.

    Raises:
        BadRequest: They do not follow the protocol.
    """
    if len(payload) != 2:
        raise BadRequest("frame takes an object and the binary image.")
    meta = FrameMeta.read(payload[0], "The first argument of frame")
    image = payload[1]
    return _stamp(meta), image if isinstance(image, MaskedImage) else _bytes(image)


def read_faces(payload: Sequence[object], max_faces: int) -> tuple[FrameStamp, ClientFrame]:
    """Reads the arguments of a `faces` event.

    Raises:
        BadRequest: They do not follow the protocol.
    """
    if not payload:
        raise BadRequest("faces takes an object and one binary image per face.")
    crops = payload[1:]
    _count_faces(payload[0], crops, max_faces)
    meta = FacesMeta.read(payload[0], "The first argument of faces")
    faces = [_face(face, crop) for face, crop in zip(meta.faces, crops, strict=True)]
    return _stamp(meta), ClientFrame(meta.width, meta.height, faces)


def _count_faces(meta: object, crops: Sequence[object], max_faces: int) -> None:
    """Comes before the validation, which takes time for each face."""
    faces = meta.get("faces") if isinstance(meta, dict) else None
    if isinstance(faces, list) and len(faces) != len(crops):
        raise BadRequest("faces takes one binary image per face.")
    if len(crops) > max_faces:
        raise BadRequest(f"faces must have at most {max_faces} faces.")


def _stamp(meta: FrameMeta) -> FrameStamp:
    return FrameStamp(meta.seq, meta.captured_at)


def _face(face: FaceMeta, crop: object) -> ClientFace:
    landmarks = None if face.landmarks is None else np.array(face.landmarks, np.float32)
    detection = Detection(np.array(face.box, np.float32), face.score, landmarks)
    return ClientFace(detection, np.array(face.crop_box, np.float32), _bytes(crop))


def _bytes(value: object) -> bytes:
    if isinstance(value, MaskedImage):
        return value.unmask()
    if not isinstance(value, (bytes, bytearray)):
        raise BadRequest("Send the image as binary, not as text such as base64.")
    return bytes(value)
