"""The page is timed from each picture to its boxes."""

from __future__ import annotations

import sys

from benchmarks.speed.checkout import Checkout
from benchmarks.speed.page import measure_page
from web.settings import ROOT


def test_pictures_of_the_real_page_are_timed():
    boxes_ms, rate = measure_page(Checkout("present", ROOT, sys.executable), 3.0)

    assert len(boxes_ms) >= 3
    assert rate == len(boxes_ms) / 3.0
    assert all(0 < ms < 10_000 for ms in boxes_ms)
