"""Accessibility: no axe-core violation in light and dark, and everything works by keyboard."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from serving.contract import load_contract
from tests.browser.axe import violations
from tests.browser.camera import Camera, wall
from tests.browser.conftest import Visit
from tests.browser.visitor import Visitor
from tests.support.app_process import AppProcess


@pytest.fixture
def visitor(app: AppProcess, visit: Visit) -> Visitor:
    visitor = visit(app.url)
    expect(visitor.page.locator("[data-model-row]")).to_have_count(len(load_contract()))
    return visitor


def test_axe_finds_nothing_before_the_camera_is_on(visitor: Visitor) -> None:
    assert violations(visitor.page) == []


def test_axe_finds_nothing_with_a_face(visitor: Visitor) -> None:
    visitor.start_camera().expect_astronaut()
    assert violations(visitor.page) == []


def test_axe_finds_nothing_with_a_hint(camera: Camera, visitor: Visitor) -> None:
    camera.show(wall())
    expect(visitor.start_camera().hint).to_be_visible()
    assert violations(visitor.page) == []


def test_axe_finds_nothing_with_an_error(camera: Camera, visitor: Visitor) -> None:
    camera.unplug()
    visitor.page.get_by_role("button", name="Start camera").click()
    expect(visitor.notice).to_be_visible()
    assert violations(visitor.page) == []


def test_axe_finds_nothing_when_a_token_is_required(guarded_app: AppProcess, visit: Visit) -> None:
    visitor = visit(guarded_app.url, ignore_https_errors=True)
    expect(visitor.notice).to_be_visible()
    assert violations(visitor.page) == []


def test_everything_works_by_keyboard_alone(visitor: Visitor) -> None:
    tab_to(visitor, "#camera-button")
    visitor.page.keyboard.press("Enter")
    visitor.expect_astronaut()
    tab_to(visitor, "#mirror")
    visitor.page.keyboard.press("Space")
    expect(visitor.page.locator("#mirror")).not_to_be_checked()
    tab_to(visitor, "[data-model-row=emotion] [data-interval]")
    tab_to(visitor, "#camera-button", key="Shift+Tab")
    visitor.page.keyboard.press("Space")
    expect(visitor.page.get_by_role("button", name="Start camera")).to_be_visible()


def tab_to(visitor: Visitor, selector: str, key: str = "Tab") -> None:
    """Moves the focus to an element and checks that the focus is visible."""
    target = visitor.page.locator(selector)
    for _ in range(20):
        visitor.page.keyboard.press(key)
        if target.evaluate("node => node === document.activeElement"):
            break
    expect(target).to_be_focused()
    expect(target).not_to_have_css("outline-style", "none")


def test_the_skip_link_leads_to_the_faces(visitor: Visitor) -> None:
    page = visitor.page
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the faces")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Faces")).to_be_focused()
