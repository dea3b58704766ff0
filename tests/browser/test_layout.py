"""Layout on a phone, and in light and dark."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.camera import Camera
from tests.browser.conftest import Visit
from tests.browser.visitor import Visitor
from tests.support.app_process import AppProcess

PHONE = {
    "viewport": {"width": 360, "height": 740},
    "device_scale_factor": 2,
    "is_mobile": True,
    "has_touch": True,
}


@pytest.fixture
def phone(app: AppProcess, visit: Visit) -> Visitor:
    return visit(app.url, **PHONE)


def expect_no_sideways_scrolling(visitor: Visitor) -> None:
    assert visitor.page.evaluate("document.documentElement.scrollWidth") == 360


def test_the_camera_is_on_a_phones_first_screen(phone: Visitor) -> None:
    expect(phone.camera_button).to_be_in_viewport()
    expect_no_sideways_scrolling(phone)


def test_on_a_phone_in_landscape_the_whole_stage_fits_the_screen(
    app: AppProcess, visit: Visit
) -> None:
    landscape = PHONE | {"viewport": {"width": 844, "height": 390}}
    visitor = visit(app.url, **landscape)
    box = visitor.page.locator("#stage").bounding_box()
    assert box
    assert box["width"] == box["height"] < 390
    expect(visitor.camera_button).to_be_in_viewport(ratio=1)


@pytest.mark.parametrize("width", [240, 260])
def test_the_button_is_not_cut_off_on_a_magnified_page(
    app: AppProcess, visit: Visit, width: int
) -> None:
    visitor = visit(app.url, **(PHONE | {"viewport": {"width": width, "height": 400}}))
    stage, button = visitor.page.locator("#stage").bounding_box(), visitor.camera_button
    inside = button.bounding_box()
    assert stage
    assert inside
    assert inside["y"] + inside["height"] < stage["y"] + stage["height"]


def test_a_face_fits_on_a_phone(phone: Visitor) -> None:
    phone.camera_button.tap()
    phone.expect_astronaut()
    expect_no_sideways_scrolling(phone)


def test_an_error_fits_on_a_phone(camera: Camera, phone: Visitor) -> None:
    camera.unplug()
    phone.camera_button.tap()
    expect(phone.notice).to_be_visible()
    expect_no_sideways_scrolling(phone)


def test_the_page_follows_the_colour_scheme(app: AppProcess, visit: Visit) -> None:
    page = visit(app.url).page
    body = page.locator("body")
    for scheme, ground in (("light", "rgb(245, 243, 238)"), ("dark", "rgb(19, 18, 16)")):
        page.emulate_media(color_scheme=scheme)
        expect(body).to_have_css("background-color", ground)
