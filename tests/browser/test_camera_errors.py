"""Where there is no camera, a plain sentence says why and what to do."""

from __future__ import annotations

from playwright.sync_api import Browser, expect

from tests.browser.camera import Camera
from tests.browser.conftest import FOREIGN_HOST, Visit
from tests.browser.visitor import Visitor
from tests.support.app_process import AppProcess

# A camera that gives pictures only while `isGiving`.
MOODY_CAMERA = """
  navigator.mediaDevices.getUserMedia = async () => {
    const canvas = Object.assign(document.createElement("canvas"), {width: 640, height: 480});
    const context = canvas.getContext("2d");
    const stream = canvas.captureStream(0);
    setInterval(() => {
      if (!window.isGiving) return;
      context.fillRect(0, 0, 640, 480);
      stream.getVideoTracks()[0].requestFrame();
    }, 50);
    return stream;
  };
"""

# A browser whose question about the camera nobody answers.
ASKING = "navigator.mediaDevices.getUserMedia = () => new Promise(() => {});"


def try_camera(visitor: Visitor) -> Visitor:
    visitor.page.get_by_role("button", name="Start camera").click()
    return visitor


def test_no_camera(camera: Camera, app: AppProcess, visit: Visit) -> None:
    camera.unplug()
    visitor = try_camera(visit(app.url))
    visitor.expect_notice("camera", "No camera was found. Plug one in")
    camera.show_moving_face()
    visitor.start_camera().expect_astronaut()
    expect(visitor.notice).to_be_hidden()


def test_the_camera_is_refused(app: AppProcess, refusing_browser: Browser) -> None:
    visitor = try_camera(Visitor(refusing_browser.new_page()).open(app.url))
    visitor.expect_notice("camera", "The camera was refused. Allow it for this page")
    expect(visitor.page.get_by_role("button", name="Start camera")).to_be_enabled()


def test_the_browser_waits_for_an_answer_about_the_camera(app: AppProcess, visit: Visit) -> None:
    visitor = visit("about:blank")
    visitor.page.add_init_script(ASKING)
    try_camera(visitor.open(app.url))
    expect(visitor.hint).to_contain_text("The browser may be asking")


def test_the_page_came_over_plain_http_from_another_machine(app: AppProcess, visit: Visit) -> None:
    visitor = visit(app.url.replace("127.0.0.1", FOREIGN_HOST))
    visitor.expect_notice("camera", "Start Mien with HTTPS=1 and open https://mien.test")
    visitor.expect_connected()
    try_camera(visitor).expect_notice("camera", "plain HTTP from another machine")


def test_the_camera_goes_away(live: Visitor) -> None:
    live.page.evaluate("video.srcObject.getTracks()[0].dispatchEvent(new Event('ended'))")
    live.expect_notice("camera", "The camera went away.")
    expect(live.page.get_by_role("button", name="Start camera")).to_be_enabled()


def test_a_camera_that_gives_no_pictures_is_named_and_not_the_server(
    app: AppProcess, visit: Visit
) -> None:
    visitor = visit("about:blank")
    visitor.page.add_init_script(MOODY_CAMERA)
    visitor.open(app.url).start_camera()
    expect(visitor.hint).to_have_text("The camera gives no picture")
    visitor.page.evaluate("window.isGiving = true")
    expect(visitor.hint).to_have_text("No face in view. Sit in front of the camera.")
    visitor.page.evaluate("window.isGiving = false")
    expect(visitor.hint).to_have_text("The camera gives no picture")


def test_the_video_plays_on_when_the_camera_or_the_page_is_back(live: Visitor) -> None:
    for back in (
        "video.srcObject.getTracks()[0].dispatchEvent(new Event('unmute'))",
        "document.dispatchEvent(new Event('visibilitychange'))",
    ):
        live.page.evaluate("video.pause()")
        live.page.evaluate(back)
        live.page.wait_for_function("() => !video.paused")


def test_a_part_of_the_page_is_missing(app: AppProcess, visit: Visit) -> None:
    visitor = visit("about:blank")
    visitor.page.route("**/js/frames/frame-capture.js", lambda route: route.abort())
    visitor.open(app.url)
    expect(visitor.notice).to_contain_text("A part of this page did not load.")
