"""A full server: the page says so, counts down and tries again by itself."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.browser.axe import violations
from tests.browser.conftest import NO_MODELS, Visit
from tests.browser.upgrade_proxy import upgrade_proxy
from tests.support.app_process import AppProcess, running_app
from tests.web.recorder import connected

BUSY = b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nContent-Length: 0\r\n\r\n"


@pytest.fixture(scope="module")
def small_app() -> Iterator[AppProcess]:
    """An app for one client at a time, for four seconds each."""
    caps = {"MIEN_MAX_SESSIONS": "1", "MIEN_SESSION_MAX_SECONDS": "4"}
    with running_app(ready=False, **caps, **NO_MODELS) as process:
        yield process


def test_the_page_waits_for_a_free_place_and_takes_it(small_app: AppProcess, visit: Visit) -> None:
    with connected(small_app.url):
        visitor = visit(small_app.url)
        visitor.expect_notice("full", "The service is full")
        expect(visitor.connection).to_have_attribute("data-state", "full")
        expect(visitor.notice.get_by_role("timer")).to_have_text(
            re.compile(r"^Next attempt in \d+ s$")
        )
        assert violations(visitor.page) == []
    visitor.expect_connected()
    expect(visitor.notice).to_be_hidden()
    assert visitor.console_errors == []


def test_the_page_connects_when_a_proxy_has_a_free_place(app: AppProcess, visit: Visit) -> None:
    with upgrade_proxy(app.port, BUSY) as proxy:
        proxy.is_full = True
        visitor = visit(proxy.url)
        visitor.expect_notice("full", "The service is full")
        proxy.is_full = False
        visitor.expect_connected()
        expect(visitor.notice).to_be_hidden()
