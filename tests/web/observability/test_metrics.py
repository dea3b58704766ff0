"""Metrics with known labels are exported as 0 from the start."""

from __future__ import annotations

from web.observability.metrics import REGISTRY, expect_models


def test_only_codes_that_a_frame_can_have_are_shown() -> None:
    expect_models(["emotion"])
    [family] = [each for each in REGISTRY.collect() if each.name == "mien_frames"]
    codes = {sample.labels["code"] for sample in family.samples} - {""}
    assert codes == {
        "bad_image",
        "bad_request",
        "image_too_large",
        "internal",
        "rate_limited",
        "session_expired",
    }
