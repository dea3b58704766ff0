"""Class activation maps, drawn over the face."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.axe import violations
from tests.browser.camera import Camera, face_at_the_left
from tests.browser.conftest import NO_MODELS, Visit
from tests.browser.visitor import Visitor
from tests.support.app_process import AppProcess, running_app
from tests.web.sample_model_app import CONTRACT, explaining_app

FRAME_SIDE = 480


@pytest.fixture
def app(tmp_path: Path) -> Iterator[AppProcess]:
    """An app whose model has its evidence at the left edge of a face, and none at the right."""
    with explaining_app(tmp_path) as (app, _):
        yield app


def test_the_map_is_drawn_on_request_and_mirrored_with_the_video(
    app: AppProcess, camera: Camera, visit: Visit
) -> None:
    camera.show(face_at_the_left())
    visitor = visit(app.url).start_camera()
    explain = visitor.page.get_by_role("switch", name="Explain predictions")
    await_cheeks(visitor, "clear", "clear")
    explain.check()
    await_cheeks(visitor, "blue", "orange")
    assert violations(visitor.page) == []
    visitor.page.get_by_role("switch", name="Mirror").uncheck()
    await_cheeks(visitor, "orange", "blue", mirrored=False)
    explain.uncheck()
    await_cheeks(visitor, "clear", "clear", mirrored=False)


def test_models_without_activation_maps_have_no_switch_for_them(
    tmp_path: Path, visit: Visit
) -> None:
    contract = tmp_path / "models.toml"
    contract.write_text(CONTRACT.replace("activation = true", ""), encoding="utf-8")
    with running_app(ready=False, MIEN_CONTRACT=str(contract), **NO_MODELS) as app:
        visitor = visit(app.url)
        expect(visitor.model_row("mood")).to_be_visible()
        expect(visitor.page.get_by_role("switch", name="Explain predictions")).to_be_hidden()


def await_cheeks(visitor: Visitor, left: str, right: str, mirrored: bool = True) -> None:
    """Waits for these colours near the left and the right edge of the one face."""
    ack = visitor.wire.until(lambda: [a for a in visitor.wire.acks("frame") if a.get("faces")])[0]
    x, y, w, h = ack["faces"][0]["box"]
    across = [(x + share * w) / FRAME_SIDE for share in (0.1, 0.9)]
    visitor.page.wait_for_function(
        """([across, down, wanted]) => {
          const {width, height} = overlay;
          const context = overlay.getContext("2d");
          return across.every((x, i) => {
            const [red, , blue, alpha] = context.getImageData(x * width, down * height, 1, 1).data;
            const look = alpha < 20 ? "clear" : red > blue ? "orange" : "blue";
            return look === wanted[i];
          });
        }""",
        arg=[
            [1 - x for x in reversed(across)] if mirrored else across,
            (y + h / 2) / FRAME_SIDE,
            [left, right],
        ],
    )
