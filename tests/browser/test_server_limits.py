"""Limits of the server: frames and crops are small enough for it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import NO_MODELS, Visit
from tests.support.app_process import AppProcess, running_app

SIDE = 150


@pytest.fixture(scope="module")
def limited_app() -> Iterator[AppProcess]:
    pixels = str(SIDE * SIDE)
    with running_app(ready=False, MIEN_MAX_PIXELS=pixels, **NO_MODELS) as process:
        yield process


@pytest.mark.parametrize(("detector", "event"), [("server", "frame"), ("browser", "faces")])
def test_frames_and_crops_fit_the_limits(
    limited_app: AppProcess, visit: Visit, detector: str, event: str
) -> None:
    visitor = visit(limited_app.url)
    switch = visitor.page.get_by_role("switch", name="Find faces in the browser")
    switch.set_checked(detector == "browser")
    visitor.start_camera()
    acks = visitor.wire.until(lambda: visitor.wire.acks(event)[3:])
    assert {(ack["status"], len(ack["faces"])) for ack in acks} == {("analysed", 1)}
    expect(visitor.cards).to_have_count(1)
    expect(visitor.notice).to_be_hidden()
