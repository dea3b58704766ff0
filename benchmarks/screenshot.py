"""`make screenshot`: pictures of the real page with a real app behind it, for the README."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from benchmarks.browser import chromium
from tests.support.app_process import running_app
from tests.support.moving_face import write_mjpeg
from web.settings import ROOT

SIZES = {"desktop": (1280, 800), "phone": (390, 844)}


def main(folder: Path) -> None:
    """Takes one picture per size and colour scheme."""
    with tempfile.TemporaryDirectory() as temporary, running_app() as app:
        camera = Path(temporary) / "camera.mjpeg"
        write_mjpeg(camera)
        with chromium(camera) as browser:
            for name, (width, height) in SIZES.items():
                for scheme in ("light", "dark"):
                    page = browser.new_page(
                        viewport={"width": width, "height": height},
                        color_scheme=scheme,
                    )
                    page.goto(app.url)
                    page.get_by_role("button", name="Start camera").click()
                    page.locator("[data-model=age] [data-value]").first.wait_for()
                    page.wait_for_timeout(4000)
                    page.evaluate("scrollTo(0, 0)")
                    page.screenshot(path=folder / f"{name}-{scheme}.png")
                    page.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "screenshots")
