"""axe-core, the checker of accessibility."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page

SCRIPT = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"


def violations(page: Page) -> list[str]:
    """Every rule that the page breaks as it is now, in light and in dark, and where."""
    page.evaluate(SCRIPT.read_text(encoding="utf-8"))
    found = []
    for scheme in ("light", "dark"):
        # Colours on their way from one to another would be checked half-way.
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        for rule in page.evaluate("async () => (await axe.run()).violations"):
            places = [node["target"] for node in rule["nodes"]]
            found.append(f"{scheme}: {rule['id']}: {rule['help']}: {places}")
    return found
