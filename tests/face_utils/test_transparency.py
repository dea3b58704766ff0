"""Transparent parts are not analyzed, because people do not see them."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from PIL import Image as Pillow

from face_utils.detection import Detection
from face_utils.frame import ClientFace, ClientFrame, FrameReader
from face_utils.image import decode
from face_utils.pixels import BACKGROUND
from tests.face_utils.image_files import LIMITS, encode

LOSSLESS = {"PNG": {}, "WEBP": {"lossless": True, "exact": True}}


@pytest.fixture(scope="module")
def erased(face_image):
    """The astronaut, with her face erased by alpha; its colours are still in the file."""
    photo = Pillow.fromarray(np.ascontiguousarray(face_image[..., ::-1]))
    alpha = np.full(face_image.shape[:2], 255, np.uint8)
    alpha[:220, 130:330] = 0
    photo.putalpha(Pillow.fromarray(alpha))
    return photo


def sixteen_bits(photo):
    deep = np.asarray(photo).astype(np.uint16) * 257
    return cv2.imencode(".png", cv2.cvtColor(deep, cv2.COLOR_RGBA2BGRA))[1].tobytes()


def files(photo):
    palette = photo.convert("RGB").quantize(255)
    hidden = np.asarray(palette).copy()
    hidden[np.asarray(photo)[..., 3] == 0] = 255
    keyed = Pillow.fromarray(hidden)
    keyed.putpalette([*palette.getpalette()[: 255 * 3], 200, 150, 120])
    return {
        "RGBA PNG": encode(photo, "PNG"),
        "grey and alpha PNG": encode(photo.convert("LA"), "PNG"),
        "16-bit PNG": sixteen_bits(photo),
        "palette PNG": encode(keyed, "PNG", transparency=255),
        "WebP": encode(photo, "WEBP", quality=95, exact=True),
        "lossless WebP": encode(photo, "WEBP", **LOSSLESS["WEBP"]),
    }


@pytest.mark.parametrize("kind", files(Pillow.new("RGBA", (8, 8))))
def test_a_face_that_alpha_erases_is_not_found(erased, detector, kind):
    opaque = erased.copy()
    opaque.putalpha(255)

    assert FrameReader(detector.detect, LIMITS, 16).read(files(opaque)[kind]).faces
    assert not FrameReader(detector.detect, LIMITS, 16).read(files(erased)[kind]).faces


@pytest.mark.parametrize("kind", files(Pillow.new("RGBA", (8, 8))))
def test_a_crop_that_alpha_erases_shows_grey(erased, kind):
    crop = erased.crop((130, 0, 330, 200))
    box = np.array([0, 0, 200, 200], np.float32)

    reader = FrameReader(lambda _: [], LIMITS, max_faces=16)
    frame = ClientFrame(640, 480, [ClientFace(Detection(box, 0.9), box, files(crop)[kind])])
    [face] = reader.read_client_faces(frame).faces

    assert (face.image == BACKGROUND).all()


@pytest.mark.parametrize("kind", LOSSLESS)
def test_half_transparent_pixels_are_half_visible(kind):
    pixels = np.full((8, 8, 4), (200, 100, 0, 51), np.uint8)

    image = decode(encode(Pillow.fromarray(pixels), kind, **LOSSLESS[kind]), LIMITS)

    expected = np.round(np.array([0, 100, 200]) * 0.2 + BACKGROUND * 0.8)
    assert np.abs(image - expected).max() <= 1


@pytest.mark.parametrize("mode", ["RGB", "L", "1"])
def test_one_colour_may_stand_for_transparency(mode):
    photo = Pillow.new(mode, (8, 8), 255 if mode != "RGB" else (255, 255, 255))
    key = {"RGB": (255, 255, 255), "L": 255, "1": 1}[mode]

    assert (decode(encode(photo, "PNG", transparency=key), LIMITS) == BACKGROUND).all()
    assert (decode(encode(photo, "PNG"), LIMITS) == 255).all()
