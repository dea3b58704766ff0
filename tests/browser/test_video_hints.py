"""Hints over the video: why a face is not analyzed."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.camera import (
    Camera,
    Image,
    blurred_face,
    face_far_away,
    face_in_the_dark,
    wall,
)
from tests.browser.conftest import Visit
from tests.support.app_process import AppProcess


def test_no_face_in_view(camera: Camera, app: AppProcess, visit: Visit) -> None:
    camera.show(wall())
    visitor = visit(app.url).start_camera()
    expect(visitor.hint).to_have_text("No face in view. Move in front of the camera.")
    expect(visitor.page.locator("#faces-empty")).to_be_visible()
    expect(visitor.cards).to_have_count(0)


@pytest.mark.parametrize(
    ("scene", "text"),
    [
        (face_in_the_dark, "Too dark: turn towards a light"),
        (blurred_face, "Blurred: hold still"),
        (face_far_away, "Come closer"),
    ],
)
def test_a_face_of_poor_quality_gets_a_hint_instead_of_predictions(
    camera: Camera, app: AppProcess, visit: Visit, scene: Callable[[], Image], text: str
) -> None:
    camera.show(scene())
    visitor = visit(app.url).start_camera()
    expect(visitor.hint).to_have_text(text)
    expect(visitor.cards.locator("[data-hint]")).to_have_text(text)
    expect(visitor.cards.locator("[data-model]:visible")).to_have_count(0)
