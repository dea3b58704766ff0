"""The page as a visitor uses it."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

from tests.browser.wire import Wire

# LiteRT.js warns about this when it runs on WebAssembly only, as configured.
HARMLESS = re.compile("WebGPU")


class Visitor:
    """One open page, its Socket.IO packets and its console errors."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.wire = Wire(page)
        self.console_errors: list[str] = []
        self.camera_button = page.locator("#camera-button")
        self.notice = page.locator("#notice")
        self.hint = page.locator("#video-hint")
        self.live_region = page.locator("#live-region")
        self.connection = page.locator("#connection")
        self.cards = page.locator("[data-face-id]")
        page.on("console", lambda message: self._note_error(message.type, message.text))
        page.on("pageerror", lambda error: self._note_error("error", str(error)))

    def open(self, url: str) -> Visitor:
        self.page.goto(url)
        return self

    def start_camera(self) -> Visitor:
        self.page.get_by_role("button", name="Start camera").click()
        expect(self.page.locator("body")).to_have_attribute("data-stage", "live")
        return self

    def stop_camera(self) -> None:
        self.page.get_by_role("button", name="Stop camera").click()
        expect(self.page.locator("body")).to_have_attribute("data-stage", "idle")

    def prediction(self, model: str) -> Locator:
        """A model's prediction on the card of the one face."""
        return self.cards.locator(f"[data-model={model}]")

    def model_row(self, model: str) -> Locator:
        """A model's row in the panel of models."""
        return self.page.locator(f"[data-model-row={model}]")

    def expect_connected(self) -> None:
        expect(self.connection).to_have_attribute("data-state", "connected")

    def expect_notice(self, topic: str, text: str) -> None:
        expect(self.notice).to_have_attribute("data-topic", topic)
        expect(self.notice.locator("#notice-text")).to_contain_text(text)

    def expect_astronaut(self) -> None:
        """The one card shows happiness, an age, and a gender that is not male."""
        expect(self.cards).to_have_count(1)
        expect(self.prediction("emotion").locator("[data-value=happiness]")).to_have_text(
            "Happiness"
        )
        gender = self.prediction("gender").locator("[data-value]")
        expect(gender).to_have_text(re.compile(r"^(Female|Unsure)$"))
        expect(self.prediction("age").locator("[data-value]")).to_have_text(
            re.compile(r"^\d+ years$")
        )

    def _note_error(self, kind: str, text: str) -> None:
        if kind in {"error", "warning"} and not HARMLESS.search(text):
            self.console_errors.append(f"{kind}: {text}")
