"""The page as a visitor uses it."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

from tests.browser.wire import Wire

# LiteRT.js says so where it runs on WebAssembly alone, as it is told to.
HARMLESS = re.compile("WebGPU")


class Visitor:
    """One open page, what it says on the wire and what its console complains about."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.wire = Wire(page)
        self.complaints: list[str] = []
        self.camera_button = page.locator("#camera-button")
        self.notice = page.locator("#notice")
        self.hint = page.locator("#hint")
        self.spoken = page.locator("#announcements")
        self.connection = page.locator("#connection")
        self.cards = page.locator("[data-face-id]")
        page.on("console", lambda message: self._complain(message.type, message.text))
        page.on("pageerror", lambda error: self._complain("error", str(error)))

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

    def answer(self, model: str) -> Locator:
        """What a model says on the card of the one face."""
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
        """Someone smiling who has an age, and is taken for no man, is seen on the one card."""
        expect(self.cards).to_have_count(1)
        expect(self.answer("emotion").locator("[data-value=happiness]")).to_have_text("Happiness")
        gender = self.answer("gender").locator("[data-value]")
        expect(gender).to_have_text(re.compile(r"^(Female|Unsure)$"))
        expect(self.answer("age").locator("[data-value]")).to_have_text(re.compile(r"^\d+ years$"))

    def _complain(self, kind: str, text: str) -> None:
        if kind in {"error", "warning"} and not HARMLESS.search(text):
            self.complaints.append(f"{kind}: {text}")
