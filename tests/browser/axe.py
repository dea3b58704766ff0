"""Accessibility checks with axe-core."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page

SCRIPT = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"


def violations(page: Page) -> list[str]:
    """Rules that the page violates in its current state, in light and dark, and where."""
    page.evaluate(SCRIPT.read_text(encoding="utf-8"))
    found = []
    for scheme in ("light", "dark"):
        # Otherwise colours would be checked in the middle of a transition.
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        for rule in page.evaluate("async () => (await axe.run()).violations"):
            places = [node["target"] for node in rule["nodes"]]
            found.append(f"{scheme}: {rule['id']}: {rule['help']}: {places}")
    return found
