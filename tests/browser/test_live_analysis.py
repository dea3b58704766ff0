"""Live analysis: from the camera to predictions on the page."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import Visit
from tests.browser.visitor import Visitor
from tests.support.app_process import AppProcess

EMOTIONS = [
    "neutral",
    "happiness",
    "surprise",
    "sadness",
    "anger",
    "disgust",
    "fear",
    "contempt",
]


@pytest.fixture(scope="module")
def watched(app: AppProcess, browser: Browser) -> Iterator[Visitor]:
    """A live page that the tests only read."""
    with browser.new_context() as context:
        yield Visitor(context.new_page()).open(app.url).start_camera()


def test_a_face_gets_a_card_with_emotion_gender_and_age(watched: Visitor) -> None:
    watched.expect_astronaut()
    expect(watched.cards.get_by_role("heading", name="Face 1")).to_be_visible()
    expect(watched.prediction("emotion").locator("[data-extra]")).to_have_text(
        re.compile(r"^\d+%$")
    )
    expect(watched.prediction("age").locator("[data-range]")).to_have_text(
        re.compile(r"^likely \d+ to \d+ years$")
    )


def test_the_card_has_a_live_bar_for_every_emotion(watched: Visitor) -> None:
    bars = watched.prediction("emotion").locator("[data-score]")
    expect(bars).to_have_text([re.compile(r"^\d+%$")] * len(EMOTIONS))
    assert bars.evaluate_all("all => all.map(bar => bar.dataset.score)") == EMOTIONS
    expect(watched.prediction("emotion").locator("li.is-top")).to_have_attribute(
        "data-label", "happiness"
    )


def test_the_card_has_the_colour_of_its_emotion(watched: Visitor) -> None:
    expect(watched.cards).to_have_attribute("data-colour", "amber")


def test_a_face_keeps_its_id(watched: Visitor) -> None:
    acks = watched.wire.until(
        lambda: len(watched.wire.acks("frame")) > 20 and watched.wire.acks("frame")
    )
    assert {face["id"] for ack in acks for face in ack["faces"]} == {1}


def test_the_face_is_marked_over_the_video(watched: Visitor) -> None:
    watched.expect_astronaut()
    watched.page.wait_for_function(
        """() => {
          const {width, height} = overlay;
          return overlay.getContext("2d").getImageData(0, 0, width, height).data.some(Boolean);
        }"""
    )


def test_one_frame_is_in_flight_and_none_is_dropped(watched: Visitor) -> None:
    wire = watched.wire
    acks = wire.until(lambda: len(wire.acks("frame")) > 20 and wire.acks("frame"))
    assert {ack["status"] for ack in acks} == {"analysed"}
    assert [ack["seq"] for ack in acks] == list(range(len(acks)))
    assert wire.most_in_flight("frame") == 1
    expect(watched.page.locator("#stat-rate")).to_have_text(re.compile(r"^[\d.]+$"))
    expect(watched.page.locator("#stat-latency")).to_have_text(re.compile(r"^\d+$"))
    expect(watched.page.locator("#stat-dropped")).to_have_text("0")


def test_the_page_says_that_it_is_connected(watched: Visitor) -> None:
    watched.expect_connected()
    expect(watched.connection).to_contain_text("Connected")


def test_frames_are_square_whatever_the_camera_sends(watched: Visitor) -> None:
    ack = watched.wire.until(lambda: watched.wire.acks("frame"))[0]
    assert ack["width"] == ack["height"]


def test_a_face_of_good_quality_has_no_hint(watched: Visitor) -> None:
    watched.expect_astronaut()
    expect(watched.hint).to_be_hidden()


def test_the_face_is_announced(watched: Visitor) -> None:
    expect(watched.live_region).to_have_text("One face in view. Face 1 looks like happiness.")


def test_the_camera_can_be_stopped_and_started_again(live: Visitor) -> None:
    live.expect_astronaut()
    live.stop_camera()
    expect(live.cards).to_have_count(0)
    expect(live.page.locator("#stat-rate")).to_have_text("\u2013")
    assert live.page.evaluate("video.srcObject") is None
    live.start_camera()
    expect(live.prediction("emotion").locator("[data-value=happiness]")).to_be_visible()
    assert live.console_errors == []


def test_two_visitors_are_independent(app: AppProcess, live: Visitor, visit: Visit) -> None:
    other = visit(app.url).start_camera()
    for visitor in (live, other):
        visitor.expect_astronaut()


def test_the_console_has_no_errors(watched: Visitor) -> None:
    watched.expect_astronaut()
    assert watched.console_errors == []


def test_the_page_says_that_nothing_is_stored(app: AppProcess, visit: Visit) -> None:
    page = visit(app.url).page
    expect(page.locator("#welcome")).to_contain_text("Nothing is stored")
    expect(page.locator("footer")).to_contain_text("Guesses, not facts")
