"""A service that takes only small pictures gets small pictures."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import NO_MODELS, Visit
from tests.support.app_process import AppProcess, running_app

SIDE = 150


@pytest.fixture(scope="module")
def frugal_app() -> Iterator[AppProcess]:
    pixels = str(SIDE * SIDE)
    with running_app(ready=False, MIEN_MAX_PIXELS=pixels, **NO_MODELS) as process:
        yield process


@pytest.mark.parametrize(("finder", "event"), [("server", "frame"), ("browser", "faces")])
def test_pictures_fit_into_what_the_server_takes(
    frugal_app: AppProcess, visit: Visit, finder: str, event: str
) -> None:
    visitor = visit(frugal_app.url)
    switch = visitor.page.get_by_role("switch", name="Find faces in the browser")
    switch.set_checked(finder == "browser")
    visitor.start_camera()
    acks = visitor.wire.until(lambda: visitor.wire.acks(event)[3:])
    assert {(ack["status"], len(ack["faces"])) for ack in acks} == {("analysed", 1)}
    expect(visitor.cards).to_have_count(1)
    expect(visitor.notice).to_be_hidden()
