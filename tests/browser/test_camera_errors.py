"""Camera errors: the page says what happened and what to do."""

from __future__ import annotations

from playwright.sync_api import Browser, expect

from tests.browser.camera import Camera
from tests.browser.conftest import FOREIGN_HOST, Visit
from tests.browser.visitor import Visitor
from tests.support.app_process import AppProcess

# A camera that sends images only while `isSending`.
UNRELIABLE_CAMERA = """
  navigator.mediaDevices.getUserMedia = async () => {
    const canvas = Object.assign(document.createElement("canvas"), {width: 640, height: 480});
    const context = canvas.getContext("2d");
    const stream = canvas.captureStream(0);
    setInterval(() => {
      if (!window.isSending) return;
      context.fillRect(0, 0, 640, 480);
      stream.getVideoTracks()[0].requestFrame();
    }, 50);
    return stream;
  };
"""

# A browser that waits for permission to use the camera.
ASKING = "navigator.mediaDevices.getUserMedia = () => new Promise(() => {});"


def try_camera(visitor: Visitor) -> Visitor:
    visitor.page.get_by_role("button", name="Start camera").click()
    return visitor


def test_no_camera(camera: Camera, app: AppProcess, visit: Visit) -> None:
    camera.unplug()
    visitor = try_camera(visit(app.url))
    visitor.expect_notice("camera", "No camera was found. Connect one")
    camera.show_moving_face()
    visitor.start_camera().expect_astronaut()
    expect(visitor.notice).to_be_hidden()


def test_access_to_the_camera_is_denied(app: AppProcess, denying_browser: Browser) -> None:
    visitor = try_camera(Visitor(denying_browser.new_page()).open(app.url))
    visitor.expect_notice("camera", "Access to the camera was denied. Allow it for this page")
    expect(visitor.page.get_by_role("button", name="Start camera")).to_be_enabled()


def test_the_browser_waits_for_permission_to_use_the_camera(app: AppProcess, visit: Visit) -> None:
    visitor = visit("about:blank")
    visitor.page.add_init_script(ASKING)
    try_camera(visitor.open(app.url))
    expect(visitor.hint).to_contain_text("Allow access if your browser asks for it.")


def test_the_page_came_over_plain_http_from_another_machine(app: AppProcess, visit: Visit) -> None:
    visitor = visit(app.url.replace("127.0.0.1", FOREIGN_HOST))
    visitor.expect_notice("camera", "start it with HTTPS=1 and open https://mien.test")
    visitor.expect_connected()
    try_camera(visitor).expect_notice("camera", "plain HTTP from another machine")


def test_the_camera_stops(live: Visitor) -> None:
    live.page.evaluate("video.srcObject.getTracks()[0].dispatchEvent(new Event('ended'))")
    live.expect_notice("camera", "The camera stopped.")
    expect(live.page.get_by_role("button", name="Start camera")).to_be_enabled()


def test_a_camera_without_images_is_reported_and_not_the_server(
    app: AppProcess, visit: Visit
) -> None:
    visitor = visit("about:blank")
    visitor.page.add_init_script(UNRELIABLE_CAMERA)
    visitor.open(app.url).start_camera()
    expect(visitor.hint).to_have_text("The camera sends no image. Check that it is switched on.")
    visitor.page.evaluate("window.isSending = true")
    expect(visitor.hint).to_have_text("No face in view. Move in front of the camera.")
    visitor.page.evaluate("window.isSending = false")
    expect(visitor.hint).to_have_text("The camera sends no image. Check that it is switched on.")


def test_the_video_resumes_when_the_camera_or_the_page_is_back(live: Visitor) -> None:
    for back in (
        "video.srcObject.getTracks()[0].dispatchEvent(new Event('unmute'))",
        "document.dispatchEvent(new Event('visibilitychange'))",
    ):
        live.page.evaluate("video.pause()")
        live.page.evaluate(back)
        live.page.wait_for_function("() => !video.paused")


def test_part_of_the_page_does_not_load(app: AppProcess, visit: Visit) -> None:
    visitor = visit("about:blank")
    visitor.page.route("**/js/frames/frame-capture.js", lambda route: route.abort())
    visitor.open(app.url)
    expect(visitor.page.locator("#load-error")).to_contain_text("Part of this page did not load.")
    expect(visitor.connection).to_be_hidden()
