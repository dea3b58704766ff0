"""Faces found in the page: only their crops travel, the answers are the same."""

from __future__ import annotations

from itertools import groupby

from playwright.sync_api import expect

from benchmarks.app_process import AppProcess
from tests.browser.camera import Camera, wall
from tests.browser.conftest import Visit
from tests.browser.visitor import Visitor


def switch(visitor: Visitor, state: str) -> None:
    box = visitor.page.get_by_role("switch", name="Find faces in the browser")
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


def test_where_the_detector_cannot_be_loaded_the_server_goes_on(live: Visitor) -> None:
    live.page.context.route("**/*.tflite", lambda route: route.abort())
    live.page.get_by_role("switch", name="Find faces in the browser").check()
    live.expect_notice("detector", "the server finds them as before")
    expect(live.page.locator("#browser-detection")).to_have_attribute("data-state", "off")
    live.expect_astronaut()
