"""The model server or the whole server fails: the page continues and says so."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from serving.contract import load_contract
from tests.browser.axe import violations
from tests.browser.conftest import NO_MODELS, Visit
from tests.browser.visitor import Visitor
from tests.support.app_process import AppProcess, running_app

MODELS = len(load_contract())

KEEP_SOCKETS = """
  window.sockets = [];
  window.WebSocket = class extends WebSocket {
    constructor(...given) {
      super(...given);
      sockets.push(this);
    }
  };
"""

# Delays the next frame between its capture and its sending, until the connection is lost.
HOLD_FRAME = """() => {
  const {toBlob} = HTMLCanvasElement.prototype;
  HTMLCanvasElement.prototype.toBlob = function (...given) {
    HTMLCanvasElement.prototype.toBlob = toBlob;
    const resume = () => this.toBlob(...given);
    new MutationObserver(resume).observe(connection, {attributes: true});
    window.isHeld = true;
  };
}"""


def expect_models(visitor: Visitor, state: str) -> None:
    rows = visitor.page.locator(f"[data-model-row][data-state={state}]")
    expect(rows).to_have_count(MODELS)


def expect_boxes(visitor: Visitor) -> None:
    """Frames from now on are acknowledged with the face."""
    wire, begin = visitor.wire, len(visitor.wire.packets)
    acks = wire.until(lambda: wire.acks("frame", since=begin)[5:])
    assert all(len(ack["faces"]) == 1 for ack in acks)
    expect(visitor.cards).to_have_attribute("data-in-view", "true")


def test_models_of_a_killed_model_server_recover(fragile_app: AppProcess, visit: Visit) -> None:
    visitor = visit(fragile_app.url).start_camera()
    visitor.expect_astronaut()
    fragile_app.model_server.kill()
    expect_models(visitor, "unavailable")
    expect_boxes(visitor)
    expect_models(visitor, "available")
    expect(visitor.prediction("emotion")).to_have_attribute("data-stale", "false")
    visitor.expect_astronaut()


def test_predictions_of_a_hanging_model_server_age_on_the_page(
    fragile_app: AppProcess, visit: Visit
) -> None:
    visitor = visit(fragile_app.url).start_camera()
    visitor.expect_astronaut()
    server = fragile_app.model_server
    server.suspend()
    try:
        expect(visitor.model_row("emotion").locator("[data-note]")).to_contain_text("Unavailable.")
        emotion = visitor.prediction("emotion")
        expect(emotion).to_have_attribute("data-stale", "true")
        expect(emotion.locator("[data-age]")).to_have_text(re.compile(r"^\d+ s ago$"))
        expect_boxes(visitor)
        assert violations(visitor.page) == []
    finally:
        server.resume()
    expect_models(visitor, "available")
    expect(emotion).to_have_attribute("data-stale", "false")


def test_the_page_reconnects_to_a_restarted_server(visit: Visit) -> None:
    with running_app(ready=False, **NO_MODELS) as app:
        visitor = visit(app.url).start_camera()
        expect_boxes(visitor)
    expect(visitor.connection).to_have_attribute("data-state", "reconnecting")
    expect(visitor.hint).to_have_text("Connection lost. Reconnecting…")
    expect(visitor.live_region).to_have_text("Connection lost. Reconnecting…")
    again = AppProcess(settings={"MIEN_PORT": str(app.port), **NO_MODELS})
    try:
        visitor.expect_connected()
        expect_boxes(visitor)
    finally:
        again.stop()


def test_a_frame_of_a_lost_session_is_not_sent_to_the_next(app: AppProcess, visit: Visit) -> None:
    visitor = visit("about:blank")
    page, wire = visitor.page, visitor.wire
    page.add_init_script(KEEP_SOCKETS)
    visitor.open(app.url).start_camera()
    expect_boxes(visitor)
    page.evaluate(HOLD_FRAME)
    page.wait_for_function("() => window.isHeld")
    begin = len(wire.packets)
    with page.expect_event("websocket"):
        page.evaluate("sockets.at(-1).close()")
    expect_boxes(visitor)
    assert wire.events("frame", since=begin)[0].payload[0]["seq"] == 0
