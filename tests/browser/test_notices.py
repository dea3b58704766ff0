"""Notices above the video: they never hide one that needs an action, and are not repeated."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.axe import violations
from tests.browser.conftest import Visit
from tests.browser.visitor import Visitor
from tests.support.app_process import AppProcess

UNPLUG = "video.srcObject.getTracks()[0].dispatchEvent(new Event('ended'))"

# Sends invalid frames from now on.
SEND_INVALID_FRAMES = """() => {
  HTMLCanvasElement.prototype.toBlob = done => done(new Blob(["not an image"]));
}"""

COUNT_CHANGES = """() => {
  window.changes = 0;
  const count = records => { window.changes += records.length; };
  new MutationObserver(count).observe(notice, {childList: true, subtree: true, attributes: true});
}"""


def close(visitor: Visitor) -> None:
    visitor.page.get_by_role("button", name="Close this message").click()


def fail_frames(visitor: Visitor) -> None:
    """Waits until a few more frames have got an error."""
    begin = len(visitor.wire.packets)
    acks = visitor.wire.until(lambda: visitor.wire.acks("frame", since=begin)[3:])
    assert {ack["status"] for ack in acks} == {"error"}


def test_a_message_does_not_hide_one_that_needs_an_action(
    brief_app: AppProcess, visit: Visit
) -> None:
    visitor = visit(brief_app.url).start_camera()
    visitor.expect_notice("session", "The session reached its time limit")
    visitor.page.evaluate(UNPLUG)
    expect(visitor.page.get_by_role("button", name="Start camera")).to_be_visible()
    visitor.expect_notice("session", "The session reached its time limit")
    visitor.page.get_by_role("button", name="Continue").click()
    visitor.expect_notice("camera", "The camera stopped.")


def test_a_message_does_not_discard_a_token_that_is_being_typed(
    guarded_app: AppProcess, visit: Visit
) -> None:
    visitor = visit(guarded_app.url, ignore_https_errors=True).start_camera()
    field = visitor.page.get_by_label("Access token")
    field.press_sequentially("ses")
    visitor.page.evaluate(UNPLUG)
    expect(visitor.page.get_by_role("button", name="Start camera")).to_be_visible()
    field.press_sequentially("ame")
    expect(field).to_be_focused()
    expect(field).to_have_value("sesame")


def test_a_message_can_be_closed_and_moves_the_focus_to_the_camera_button(live: Visitor) -> None:
    live.page.evaluate(UNPLUG)
    live.expect_notice("camera", "The camera stopped.")
    assert violations(live.page) == []
    close(live)
    expect(live.notice).to_be_hidden()
    expect(live.camera_button).to_be_focused()


def test_a_repeated_message_is_shown_once_and_stays_closed(live: Visitor) -> None:
    live.page.evaluate(SEND_INVALID_FRAMES)
    live.expect_notice("frame", "The server could not analyse an image")
    live.page.evaluate(COUNT_CHANGES)
    fail_frames(live)
    assert live.page.evaluate("changes") == 0
    close(live)
    fail_frames(live)
    expect(live.notice).to_be_hidden()
