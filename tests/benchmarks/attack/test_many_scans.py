"""The JPEG that is small to send and slow to decode."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from benchmarks.attack.attacks.many_scans import many_scans

START_OF_SCAN = b"\xff\xda"


@pytest.mark.parametrize("size", [(64, 48), (17, 9), (3840, 2160)])
def test_it_is_a_progressive_jpeg_of_flat_grey(size: tuple[int, int]) -> None:
    with Image.open(io.BytesIO(many_scans(*size, scans=5))) as image:
        assert image.size == size
        assert image.info["progressive"]
        assert image.getextrema() == (128, 128)


def test_it_has_the_requested_scans_in_few_bytes() -> None:
    data = many_scans(3840, 2160, scans=99)
    assert data.count(START_OF_SCAN) == 99
    assert len(data) < 20_000
