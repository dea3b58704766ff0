"""The memory of large images is returned to the system."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from tests.support.app_process import AppProcess
from tests.web.recorder import connected

MOST_MORE_BYTES = 30 * 1024 * 1024


@pytest.fixture(scope="module")
def large_jpeg() -> bytes:
    """A progressive JPEG of 8.3 megapixels."""
    image = np.zeros((2160, 3840, 3), np.uint8)
    image[::2] = 90
    return cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_PROGRESSIVE, 1])[1].tobytes()


def test_memory_goes_back_after_large_image(
    app: AppProcess, frame: bytes, large_jpeg: bytes
) -> None:
    with connected(app.url) as first, connected(app.url) as second:
        for client in (first, second):
            client.call("frame", {"seq": 0}, frame)
        before = app.process.memory_info().rss
        for seq in range(1, 9):
            for client in (first, second):
                client.send("frame", {"seq": seq}, large_jpeg)
            for client in (first, second):
                client.wait(lambda it=client, count=seq: len(it.acks) == count)
        assert app.process.memory_info().rss - before < MOST_MORE_BYTES
