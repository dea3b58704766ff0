"""Settings: the visitor's changes reach the server, and the page shows what it confirms."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Route, expect

from tests.browser.camera import Camera, face_at_the_left
from tests.browser.conftest import Visit
from tests.browser.visitor import Visitor
from tests.support.app_process import AppProcess


@pytest.fixture
def visitor(app: AppProcess, visit: Visit) -> Visitor:
    """A page whose session has begun."""
    visitor = visit(app.url)
    settings_after(visitor)
    return visitor


def settings_after(visitor: Visitor, known: int = 0) -> dict[str, Any]:
    """The latest confirmed settings, once there are more acks than `known`."""
    wire = visitor.wire
    reply = wire.until(lambda: wire.acks("configure")[known:])[-1]
    assert reply["status"] == "ok"
    return reply


def test_a_model_can_be_switched_off_and_on(live: Visitor) -> None:
    live.expect_astronaut()
    switch = live.page.get_by_role("switch", name="Emotion")
    switch.uncheck()
    expect(live.prediction("emotion")).to_be_hidden()
    assert settings_after(live, 1)["models"]["emotion"]["enabled"] is False
    begin = len(live.wire.packets)
    live.wire.until(lambda: live.wire.acks("frame", since=begin)[10:])
    first = live.wire.events("frame", since=begin)[0].payload[0]["seq"]
    predictions = [p.payload[0] for p in live.wire.events("prediction", direction="received")]
    assert not [p for p in predictions if p["model"] == "emotion" and p["seq"] >= first]
    switch.check()
    live.expect_astronaut()


def test_an_interval_can_be_set(visitor: Visitor) -> None:
    field = visitor.page.get_by_label("Update Age every")
    field.fill("1500")
    field.press("Enter")
    assert settings_after(visitor, 1)["models"]["age"]["interval_ms"] == 1500


@pytest.mark.parametrize(("typed", "shown"), [("-5", "3000"), ("", "3000"), ("700000", "600000")])
def test_the_field_of_an_interval_shows_the_current_value(
    visitor: Visitor, typed: str, shown: str
) -> None:
    field = visitor.page.get_by_label("Update Age every")
    field.fill(typed)
    field.press("Enter")
    expect(field).to_have_value(shown)
    field.press("Tab")
    expect(field).to_have_value(shown)


@pytest.mark.parametrize("interval", [100, 250])
def test_the_address_can_set_the_interval_of_emotion(
    app: AppProcess, visit: Visit, interval: int
) -> None:
    visitor = visit(f"{app.url}/?interval={interval}")
    assert settings_after(visitor)["models"]["emotion"]["interval_ms"] == interval
    asked = visitor.wire.events("configure")[0].payload[0]
    assert asked["models"] == {"emotion": {"interval_ms": interval}}
    field = visitor.model_row("emotion").locator("[data-interval]")
    expect(field).to_have_value(str(interval))


def test_an_invalid_interval_is_ignored(app: AppProcess, visit: Visit) -> None:
    visitor = visit(f"{app.url}/?interval=often")
    assert settings_after(visitor)["models"]["emotion"]["interval_ms"] == 100


def test_smoothing_can_be_switched_off(visitor: Visitor) -> None:
    visitor.page.get_by_role("switch", name="Smooth predictions").uncheck()
    assert settings_after(visitor, 1)["smoothing"] is False


def test_mirroring_is_reported_to_the_server(visitor: Visitor) -> None:
    assert settings_after(visitor)["mirror"] is True
    visitor.page.get_by_role("switch", name="Mirror").uncheck()
    assert settings_after(visitor, 1)["mirror"] is False


def test_a_switch_that_is_changed_while_the_page_loads_takes_effect(
    app: AppProcess, visit: Visit
) -> None:
    visitor = visit("about:blank")
    page, held = visitor.page, []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/js/main.js", hold)
    with page.expect_request("**/js/main.js"):
        visitor.open(app.url)
    for name in (
        "Mirror",
        "Smooth predictions",
        "Explain predictions",
        "Find faces in the browser",
    ):
        page.get_by_role("switch", name=name).click()
    held[0].continue_()
    settings = settings_after(visitor)
    assert [settings[name] for name in ("mirror", "smoothing", "activation")] == [
        False,
        False,
        True,
    ]
    expect(page.locator("#video")).to_have_css("transform", "none")
    expect(page.locator("#browser-detection")).to_have_attribute("data-state", "on")


def test_mirroring_flips_the_video_and_the_corners_around_faces(
    camera: Camera, app: AppProcess, visit: Visit
) -> None:
    camera.show(face_at_the_left())
    visitor = visit(app.url).start_camera()
    video = visitor.page.locator("#video")
    expect(video).to_have_css("transform", "matrix(-1, 0, 0, 1, 0, 0)")
    await_drawing(visitor, "right")
    visitor.page.get_by_role("switch", name="Mirror").uncheck()
    expect(video).to_have_css("transform", "none")
    await_drawing(visitor, "left")


def test_the_address_can_rotate_the_image_of_a_turned_camera(
    camera: Camera, app: AppProcess, visit: Visit
) -> None:
    image = face_at_the_left()
    image[:, 80:560] = np.rot90(image[:, 80:560])
    camera.show(image)
    visitor = visit(f"{app.url}/?rotate=90").start_camera()
    video = visitor.page.locator("#video")
    expect(video).to_have_css("rotate", "-90deg")
    await_drawing(visitor, "right")
    visitor.page.get_by_role("switch", name="Mirror").uncheck()
    expect(video).to_have_css("rotate", "90deg")
    await_drawing(visitor, "left")


def await_drawing(visitor: Visitor, side: str) -> None:
    """Waits until the drawing is on this side of the video."""
    visitor.page.wait_for_function(
        """side => {
          const {width, height} = overlay;
          const {data} = overlay.getContext("2d").getImageData(0, 0, width, height);
          let count = 0, sum = 0;
          for (let i = 3; i < data.length; i += 4) {
            if (data[i] > 0) { count++; sum += (i >> 2) % width; }
          }
          return count > 0 && (sum / count < width / 2) === (side === "left");
        }""",
        arg=side,
    )


def test_a_setting_is_kept_when_the_camera_is_restarted(live: Visitor) -> None:
    live.page.get_by_role("switch", name="Gender").uncheck()
    live.stop_camera()
    live.start_camera()
    expect(live.prediction("emotion").locator("[data-value=happiness]")).to_be_visible()
    expect(live.prediction("gender")).to_be_hidden()
