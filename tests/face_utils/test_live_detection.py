"""A session decodes and searches as much of a frame as it needs."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from face_utils.frame import FrameReader
from face_utils.image import EncodedImage, ImageLimits
from face_utils.model_spec import Smoothing
from face_utils.pipeline import Pipeline
from tests.support.drawn_faces import DrawnFaceDetector, draw
from tests.support.model_specs import classification

LIMITS = ImageLimits(2 * 1024 * 1024, 1920 * 1080)
MODEL = classification("emotion", smoothing=Smoothing("half_life", 0.4))
LARGE, SMALL = (200, 100, 200, 200), (200, 100, 60, 60)


@pytest.fixture
def decoded(monkeypatch):
    """Names of the ways in which images were decoded."""
    calls: list[str] = []
    for name in ("decode", "decode_grey", "decode_half"):
        method = getattr(EncodedImage, name)
        monkeypatch.setattr(
            EncodedImage, name, lambda self, n=name, m=method: calls.append(n) or m(self)
        )
    return calls


def textured(box):
    """A frame with a face whose pixels are not all alike, so that its quality is good."""
    image = draw(640, 480, [box])
    x, y, w, h = box
    noise = np.random.default_rng(0).integers(0, 40, (h, w), dtype=np.uint8)
    image[y : y + h, x : x + w, 1] += noise
    return image


def analyze(image, kind=".jpg"):
    data = cv2.imencode(kind, image)[1].tobytes()
    reader = FrameReader(lambda _: pytest.fail(), LIMITS, 16, DrawnFaceDetector())
    return Pipeline().analyze(lambda: reader.open(data), {MODEL: 0.1}, 1.0)


def test_half_the_size_is_enough_for_a_large_face(decoded):
    analysis = analyze(textured(LARGE))

    assert len(analysis.faces) == 1
    assert decoded == ["decode_half"]


def test_a_small_face_is_cropped_from_the_grey_frame_at_full_size(decoded):
    analysis = analyze(textured(SMALL))

    assert len(analysis.faces) == 1
    assert decoded == ["decode_half", "decode_grey"]


def test_a_png_is_decoded_once(decoded):
    analysis = analyze(textured(SMALL), ".png")

    assert len(analysis.faces) == 1
    assert decoded == ["decode_half", "decode"]


def test_the_stages_are_timed():
    timings = analyze(textured(LARGE)).timings

    assert timings.decode_ms > 0
    assert timings.detect_ms > 0
    assert timings.total_ms >= timings.decode_ms + timings.detect_ms - 0.02
