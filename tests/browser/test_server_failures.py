"""The model server or the whole server goes away: the page goes on and says so."""

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

# Holds up the next picture between its taking and its sending, until the connection is lost.
HOLD_PICTURE = """() => {
  const {toBlob} = HTMLCanvasElement.prototype;
  HTMLCanvasElement.prototype.toBlob = function (...given) {
    HTMLCanvasElement.prototype.toBlob = toBlob;
    const goOn = () => this.toBlob(...given);
    new MutationObserver(goOn).observe(connection, {attributes: true});
    window.isHeld = true;
  };
}"""


def expect_models(visitor: Visitor, state: str) -> None:
    rows = visitor.page.locator(f"[data-model-row][data-state={state}]")
    expect(rows).to_have_count(MODELS)


def expect_boxes(visitor: Visitor) -> None:
    """Frames are answered with the face, from now on."""
    wire, begin = visitor.wire, len(visitor.wire.packets)
    acks = wire.until(lambda: wire.acks("frame", since=begin)[5:])
    assert all(len(ack["faces"]) == 1 for ack in acks)
    expect(visitor.cards).to_have_attribute("data-in-view", "true")


def test_models_of_a_killed_model_server_come_back_by_themselves(
    fragile_app: AppProcess, visit: Visit
) -> None:
    visitor = visit(fragile_app.url).start_camera()
    visitor.expect_astronaut()
    fragile_app.model_server.kill()
    expect_models(visitor, "unavailable")
    expect_boxes(visitor)
    expect_models(visitor, "available")
    expect(visitor.answer("emotion")).to_have_attribute("data-stale", "false")
    visitor.expect_astronaut()


def test_answers_of_a_hanging_model_server_grow_old_on_the_page(
    fragile_app: AppProcess, visit: Visit
) -> None:
    visitor = visit(fragile_app.url).start_camera()
    visitor.expect_astronaut()
    server = fragile_app.model_server
    server.suspend()
    try:
        expect(visitor.model_row("emotion").locator("[data-note]")).to_contain_text("Unavailable.")
        emotion = visitor.answer("emotion")
        expect(emotion).to_have_attribute("data-stale", "true")
        expect(emotion.locator("[data-age]")).to_have_text(re.compile(r"^\d+ s ago$"))
        expect_boxes(visitor)
        assert violations(visitor.page) == []
    finally:
        server.resume()
    expect_models(visitor, "available")
    expect(emotion).to_have_attribute("data-stale", "false")


def test_the_page_finds_back_to_a_server_that_was_started_again(visit: Visit) -> None:
    with running_app(ready=False, **NO_MODELS) as app:
        visitor = visit(app.url).start_camera()
        expect_boxes(visitor)
    expect(visitor.connection).to_have_attribute("data-state", "reconnecting")
    expect(visitor.hint).to_have_text("The connection was lost. Trying again …")
    expect(visitor.spoken).to_have_text("The connection was lost. Trying again …")
    again = AppProcess(settings={"MIEN_PORT": str(app.port), **NO_MODELS})
    try:
        visitor.expect_connected()
        expect_boxes(visitor)
    finally:
        again.stop()


def test_a_picture_of_a_lost_session_is_not_sent_to_the_next(app: AppProcess, visit: Visit) -> None:
    visitor = visit("about:blank")
    page, wire = visitor.page, visitor.wire
    page.add_init_script(KEEP_SOCKETS)
    visitor.open(app.url).start_camera()
    expect_boxes(visitor)
    page.evaluate(HOLD_PICTURE)
    page.wait_for_function("() => window.isHeld")
    begin = len(wire.packets)
    with page.expect_event("websocket"):
        page.evaluate("sockets.at(-1).close()")
    expect_boxes(visitor)
    assert wire.events("frame", since=begin)[0].payload[0]["seq"] == 0
