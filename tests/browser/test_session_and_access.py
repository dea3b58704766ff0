"""The end of a session, and a service that requires a token."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from contextlib import contextmanager, suppress

import socketio
from playwright.sync_api import expect

from tests.browser.conftest import NO_MODELS, Visit
from tests.support.app_process import AppProcess, running_app
from web.http.token_guard import FREE_GUESSES, MAX_WAITING_PER_ADDRESS


def test_an_ended_session_continues_at_a_click(brief_app: AppProcess, visit: Visit) -> None:
    visitor = visit(brief_app.url).start_camera()
    visitor.expect_notice("session", "The session reached its time limit and ended.")
    expect(visitor.connection).to_have_attribute("data-state", "ended")
    expect(visitor.hint).to_have_text("Paused")
    expect(visitor.live_region).to_have_text("Paused")
    expect(visitor.cards).to_have_count(0)
    begin = len(visitor.wire.packets)
    visitor.page.get_by_role("button", name="Continue").click()
    visitor.wire.until(lambda: visitor.wire.acks("frame", since=begin))
    assert visitor.wire.acks("frame", since=begin)[0]["seq"] == 0


def test_a_token_is_requested_and_accepted(guarded_app: AppProcess, visit: Visit) -> None:
    visitor = visit(guarded_app.url, ignore_https_errors=True)
    visitor.expect_notice("access", "This service requires an access token.")
    expect(visitor.connection).to_have_attribute("data-state", "refused")
    field = visitor.page.get_by_label("Access token")
    field.fill("open")
    field.press("Enter")
    visitor.expect_notice("access", "The access token is wrong. Ask the operator")
    expect(field).to_be_focused()
    field.fill("sesame")
    field.press("Enter")
    visitor.expect_connected()
    expect(visitor.notice).to_be_hidden()


def test_a_face_is_analyzed_over_https_with_the_token_in_the_address(
    guarded_app: AppProcess, visit: Visit
) -> None:
    visitor = visit(f"{guarded_app.url}/#token=sesame", ignore_https_errors=True)
    visitor.start_camera().expect_astronaut()
    assert visitor.console_errors == []
    assert visitor.page.url == f"{guarded_app.url}/"
    visitor.page.reload()
    visitor.expect_connected()


def test_a_token_in_the_query_is_ignored_with_a_hint(guarded_app: AppProcess, visit: Visit) -> None:
    visitor = visit(f"{guarded_app.url}/?token=sesame&interval=100", ignore_https_errors=True)
    visitor.expect_notice("access", "Open this page with #token= instead")
    assert visitor.page.url == f"{guarded_app.url}/?interval=100"
    visitor.page.goto(f"{guarded_app.url}/?interval=100#token=sesame")
    visitor.expect_connected()
    assert visitor.page.url == f"{guarded_app.url}/?interval=100"


def test_too_many_wrong_tokens_show_the_servers_message(visit: Visit) -> None:
    with running_app(ready=False, MIEN_ACCESS_TOKEN="sesame", **NO_MODELS) as app:
        visitor = visit(app.url)
        with guessing(app.url):
            field = visitor.page.get_by_label("Access token")
            field.fill("open")
            field.press("Enter")
            visitor.expect_notice("access", "Too many wrong access tokens. Try again in a minute.")
        visitor.page.get_by_label("Access token").fill("sesame")
        visitor.page.get_by_role("button", name="Continue").click()
        visitor.expect_connected()


@contextmanager
def guessing(url: str) -> Iterator[None]:
    """Keeps as many wrong tokens waiting as the server allows per address."""
    # The delay doubles with each guess, so that the last ones wait for seconds.
    for _ in range(FREE_GUESSES + 4):
        guess(url)
    with ThreadPoolExecutor(MAX_WAITING_PER_ADDRESS + 1) as pool:
        guesses = [pool.submit(guess, url) for _ in range(MAX_WAITING_PER_ADDRESS + 1)]
        # The first to be refused is the one that found the others waiting.
        wait(guesses, return_when=FIRST_COMPLETED)
        yield


def guess(url: str) -> None:
    client = socketio.Client(reconnection=False)
    with suppress(socketio.exceptions.ConnectionError):
        client.connect(url, auth={"token": "guess"}, wait_timeout=30)
    client.disconnect()
