"""What the page says above the video: never in the way of a way on, and never again and again."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.axe import violations
from tests.browser.conftest import Visit
from tests.browser.visitor import Visitor
from tests.support.app_process import AppProcess

UNPLUG = "video.srcObject.getTracks()[0].dispatchEvent(new Event('ended'))"

# Every picture from now on is none.
SPOIL_PICTURES = """() => {
  HTMLCanvasElement.prototype.toBlob = done => done(new Blob(["no picture"]));
}"""

COUNT_CHANGES = """() => {
  window.changes = 0;
  const count = records => { window.changes += records.length; };
  new MutationObserver(count).observe(notice, {childList: true, subtree: true, attributes: true});
}"""


def close(visitor: Visitor) -> None:
    visitor.page.get_by_role("button", name="Close this message").click()


def fail_frames(visitor: Visitor) -> None:
    """A few more pictures are refused."""
    begin = len(visitor.wire.packets)
    acks = visitor.wire.until(lambda: visitor.wire.acks("frame", since=begin)[3:])
    assert {ack["status"] for ack in acks} == {"error"}


def test_a_plain_message_does_not_hide_the_way_on(brief_app: AppProcess, visit: Visit) -> None:
    visitor = visit(brief_app.url).start_camera()
    visitor.expect_notice("session", "The session reached its time limit")
    visitor.page.evaluate(UNPLUG)
    expect(visitor.page.get_by_role("button", name="Start camera")).to_be_visible()
    visitor.expect_notice("session", "The session reached its time limit")
    visitor.page.get_by_role("button", name="Continue").click()
    visitor.expect_notice("camera", "The camera went away.")


def test_a_plain_message_leaves_a_token_that_is_being_typed(
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


def test_a_plain_message_can_be_closed_and_leaves_the_focus_at_the_camera(live: Visitor) -> None:
    live.page.evaluate(UNPLUG)
    live.expect_notice("camera", "The camera went away.")
    assert violations(live.page) == []
    close(live)
    expect(live.notice).to_be_hidden()
    expect(live.camera_button).to_be_focused()


def test_what_fails_again_and_again_is_said_once_and_stays_closed(live: Visitor) -> None:
    live.page.evaluate(SPOIL_PICTURES)
    live.expect_notice("frame", "The server could not use a picture")
    live.page.evaluate(COUNT_CHANGES)
    fail_frames(live)
    assert live.page.evaluate("changes") == 0
    close(live)
    fail_frames(live)
    expect(live.notice).to_be_hidden()
