"""Fixtures of the core's tests."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image as Pillow


@pytest.fixture(scope="module")
def photo(face_image: np.ndarray) -> Pillow.Image:
    """A part of the astronaut, 300 by 200."""
    return Pillow.fromarray(np.ascontiguousarray(face_image[:200, :300, ::-1]))
