"""Face detection in the browser: only face crops are sent, and the predictions are the same."""

from __future__ import annotations

from itertools import groupby

from playwright.sync_api import Locator, Route, expect

from tests.browser.axe import violations
from tests.browser.camera import Camera, wall
from tests.browser.conftest import Visit
from tests.browser.visitor import Visitor
from tests.support.app_process import AppProcess

DETECTOR = "**/*.tflite"


def detection_switch(visitor: Visitor) -> Locator:
    return visitor.page.get_by_role("switch", name="Find faces in the browser")


def set_switch(visitor: Visitor, state: str) -> None:
    box = detection_switch(visitor)
    box.set_checked(state == "on")
    expect(box).to_have_attribute("data-state", state)


def test_only_face_crops_are_sent_and_the_predictions_are_the_same(
    app: AppProcess, visit: Visit
) -> None:
    visitor = visit(app.url)
    set_switch(visitor, "on")
    visitor.start_camera().expect_astronaut()
    wire = visitor.wire
    acks = wire.until(lambda: len(wire.acks("faces")) > 10 and wire.acks("faces"))
    assert wire.events("frame") == []
    assert {(ack["status"], len(ack["faces"])) for ack in acks} == {("analysed", 1)}
    for packet in wire.events("faces"):
        assert packet.attachments == len(packet.payload[0]["faces"]) == 1
    assert wire.most_in_flight("faces") == 1
    assert visitor.console_errors == []


def test_the_mode_can_be_changed_while_the_camera_runs(live: Visitor) -> None:
    live.expect_astronaut()
    for state, event in (("on", "faces"), ("off", "frame")):
        begin = len(live.wire.packets)
        set_switch(live, state)
        names = live.wire.until(lambda e=event, b=begin: settled(live, e, since=b))
        assert len(list(groupby(names))) <= 2
    live.expect_astronaut()


def settled(visitor: Visitor, event: str, since: int) -> list[str | None]:
    """Names of the events sent, once the last five are this event."""
    names = [p.name for p in visitor.wire.events("frame", "faces", since=since)]
    return names if names[-5:] == [event] * 5 else []


def test_a_view_without_a_face_has_a_hint(camera: Camera, app: AppProcess, visit: Visit) -> None:
    camera.show(wall())
    visitor = visit(app.url)
    set_switch(visitor, "on")
    visitor.start_camera()
    expect(visitor.hint).to_have_text("No face in view. Move in front of the camera.")
    assert {packet.attachments for packet in visitor.wire.events("faces")} == {0}


def test_while_the_detector_loads_nothing_is_sent(live: Visitor) -> None:
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    live.page.context.route(DETECTOR, hold)
    detection_switch(live).check()
    expect(live.hint).to_have_text("Loading the face detector…")
    begin = len(live.wire.packets)
    live.wire.until(lambda: held)
    await_images(live)
    assert live.wire.events("frame", "faces", since=begin) == []
    held[0].continue_()
    live.wire.until(lambda: live.wire.acks("faces", since=begin))
    assert live.wire.events("frame", since=begin) == []


def test_if_the_detector_does_not_load_the_visitor_decides(live: Visitor) -> None:
    live.page.context.route(DETECTOR, lambda route: route.abort())
    detection_switch(live).check()
    expect_held_back(live)
    assert violations(live.page) == []
    live.page.get_by_role("button", name="Send whole images").click()
    expect(detection_switch(live)).not_to_be_checked()
    expect(live.notice).to_be_hidden()
    expect(live.camera_button).to_be_focused()
    live.expect_astronaut()


def test_a_detector_that_fails_sends_no_whole_frame_and_can_be_restarted(
    live: Visitor,
) -> None:
    set_switch(live, "on")
    live.wire.until(lambda: live.wire.acks("faces"))
    live.page.evaluate(
        "() => { window.kept = createImageBitmap; createImageBitmap = () => kept(); }"
    )
    expect_held_back(live)
    live.page.evaluate("() => { createImageBitmap = kept; }")
    begin = len(live.wire.packets)
    set_switch(live, "off")
    set_switch(live, "on")
    expect(live.notice).to_be_hidden()
    live.wire.until(lambda: live.wire.acks("faces", since=begin))


def expect_held_back(visitor: Visitor) -> None:
    """The switch stays on, nothing is sent, and the page says so."""
    visitor.expect_notice("detector", "so no images are sent")
    expect(detection_switch(visitor)).to_be_checked()
    expect(detection_switch(visitor)).to_have_attribute("data-state", "failed")
    expect(visitor.hint).to_have_text("Face detection failed. No images are sent.")
    begin = len(visitor.wire.packets)
    await_images(visitor)
    assert visitor.wire.events("frame", "faces", since=begin) == []


def await_images(visitor: Visitor, count: int = 10) -> None:
    """Waits for a number of images from the camera."""
    visitor.page.evaluate(
        """count => new Promise(resolve => {
          const next = () => count-- ? video.requestVideoFrameCallback(next) : resolve();
          next();
        })""",
        count,
    )
