"""Where there is no camera, a plain sentence says why and what to do."""

from __future__ import annotations

from playwright.sync_api import Browser, expect

from benchmarks.app_process import AppProcess
from tests.browser.camera import Camera
from tests.browser.conftest import FOREIGN_HOST, Visit
from tests.browser.visitor import Visitor


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


def test_the_page_came_over_plain_http_from_another_machine(app: AppProcess, visit: Visit) -> None:
    visitor = visit(app.url.replace("127.0.0.1", FOREIGN_HOST))
    visitor.expect_notice("camera", "Start Mien with HTTPS=1 and open https://mien.test")
    visitor.expect_connected()
    try_camera(visitor).expect_notice("camera", "plain HTTP from another machine")


def test_the_camera_goes_away(live: Visitor) -> None:
    live.page.evaluate("video.srcObject.getTracks()[0].dispatchEvent(new Event('ended'))")
    live.expect_notice("camera", "The camera went away.")
    expect(live.page.get_by_role("button", name="Start camera")).to_be_enabled()


def test_a_part_of_the_page_is_missing(app: AppProcess, visit: Visit) -> None:
    visitor = visit("about:blank")
    visitor.page.route("**/js/capture.js", lambda route: route.abort())
    visitor.open(app.url)
    expect(visitor.notice).to_contain_text("A part of this page did not load.")
