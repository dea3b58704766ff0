"""Faces found in the page: only their crops travel, the answers are the same."""

from __future__ import annotations

from itertools import groupby

from playwright.sync_api import Locator, Route, expect

from tests.browser.axe import violations
from tests.browser.camera import Camera, wall
from tests.browser.conftest import Visit
from tests.browser.visitor import Visitor
from tests.support.app_process import AppProcess

DETECTOR = "**/*.tflite"


def the_switch(visitor: Visitor) -> Locator:
    return visitor.page.get_by_role("switch", name="Find faces in the browser")


def switch(visitor: Visitor, state: str) -> None:
    box = the_switch(visitor)
    box.set_checked(state == "on")
    expect(box).to_have_attribute("data-state", state)


def test_only_face_crops_travel_and_the_answers_are_the_same(app: AppProcess, visit: Visit) -> None:
    visitor = visit(app.url)
    switch(visitor, "on")
    visitor.start_camera().expect_astronaut()
    wire = visitor.wire
    acks = wire.until(lambda: len(wire.acks("faces")) > 10 and wire.acks("faces"))
    assert wire.events("frame") == []
    assert {(ack["status"], len(ack["faces"])) for ack in acks} == {("analysed", 1)}
    for packet in wire.events("faces"):
        assert packet.attachments == len(packet.payload[0]["faces"]) == 1
    assert wire.most_in_flight("faces") == 1
    assert visitor.complaints == []


def test_it_can_be_switched_while_the_camera_runs(live: Visitor) -> None:
    live.expect_astronaut()
    for state, event in (("on", "faces"), ("off", "frame")):
        begin = len(live.wire.packets)
        switch(live, state)
        names = live.wire.until(lambda e=event, b=begin: settled(live, e, since=b))
        assert len(list(groupby(names))) <= 2
    live.expect_astronaut()


def settled(visitor: Visitor, event: str, since: int) -> list[str | None]:
    """How each picture travelled, once five in a row went by this event."""
    names = [p.name for p in visitor.wire.events("frame", "faces", since=since)]
    return names if names[-5:] == [event] * 5 else []


def test_a_view_without_a_face_is_said_in_words(
    camera: Camera, app: AppProcess, visit: Visit
) -> None:
    camera.show(wall())
    visitor = visit(app.url)
    switch(visitor, "on")
    visitor.start_camera()
    expect(visitor.hint).to_have_text("No face in view. Sit in front of the camera.")
    assert {packet.attachments for packet in visitor.wire.events("faces")} == {0}


def test_while_the_detector_loads_nothing_is_sent(live: Visitor) -> None:
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    live.page.context.route(DETECTOR, hold)
    the_switch(live).check()
    expect(live.hint).to_have_text("Loading the detector …")
    begin = len(live.wire.packets)
    live.wire.until(lambda: held)
    see_pictures(live)
    assert live.wire.events("frame", "faces", since=begin) == []
    held[0].continue_()
    live.wire.until(lambda: live.wire.acks("faces", since=begin))
    assert live.wire.events("frame", since=begin) == []


def test_where_the_detector_cannot_be_loaded_the_visitor_decides(live: Visitor) -> None:
    live.page.context.route(DETECTOR, lambda route: route.abort())
    the_switch(live).check()
    expect_held_back(live)
    assert violations(live.page) == []
    live.page.get_by_role("button", name="Send whole pictures").click()
    expect(the_switch(live)).not_to_be_checked()
    expect(live.notice).to_be_hidden()
    expect(live.camera_button).to_be_focused()
    live.expect_astronaut()


def test_a_detector_that_breaks_sends_no_whole_picture_and_can_be_tried_again(
    live: Visitor,
) -> None:
    switch(live, "on")
    live.wire.until(lambda: live.wire.acks("faces"))
    live.page.evaluate(
        "() => { window.kept = createImageBitmap; createImageBitmap = () => kept(); }"
    )
    expect_held_back(live)
    live.page.evaluate("() => { createImageBitmap = kept; }")
    begin = len(live.wire.packets)
    switch(live, "off")
    switch(live, "on")
    expect(live.notice).to_be_hidden()
    live.wire.until(lambda: live.wire.acks("faces", since=begin))


def expect_held_back(visitor: Visitor) -> None:
    """The switch stays on, nothing travels, and the page says so."""
    visitor.expect_notice("detector", "so no pictures are sent")
    expect(the_switch(visitor)).to_be_checked()
    expect(the_switch(visitor)).to_have_attribute("data-state", "failed")
    expect(visitor.hint).to_have_text("No pictures are sent")
    begin = len(visitor.wire.packets)
    see_pictures(visitor)
    assert visitor.wire.events("frame", "faces", since=begin) == []


def see_pictures(visitor: Visitor, count: int = 10) -> None:
    """Lets the camera give so many pictures."""
    visitor.page.evaluate(
        """count => new Promise(resolve => {
          const next = () => count-- ? video.requestVideoFrameCallback(next) : resolve();
          next();
        })""",
        count,
    )
