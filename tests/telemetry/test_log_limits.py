"""Lines of one kind are limited without an effect on other lines."""

from __future__ import annotations

import logging

import pytest

from telemetry.log_limits import BURST, MAX_KINDS, RepeatLimit
from telemetry.logs import build_formatter


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def limit(clock):
    return RepeatLimit(clock)


def record(lineno=1, message="line", *args):
    return logging.LogRecord("web", logging.WARNING, "web.py", lineno, message, args, None)


def flood(limit, count, **options):
    return [each for each in (record(**options) for _ in range(count)) if limit.filter(each)]


def test_a_burst_passes_and_then_one_line_a_second(limit, clock):
    assert len(flood(limit, 1000)) == BURST
    clock.now += 1
    assert len(flood(limit, 1000)) == 1
    clock.now += 3600
    assert len(flood(limit, 1000)) == BURST


@pytest.mark.parametrize(
    ("log_format", "words"), [("text", "line (990 more like this)"), ("json", '"left_out": 990')]
)
def test_the_next_line_says_how_many_were_left_out(limit, clock, log_format, words):
    flood(limit, BURST + 990)
    clock.now += 1
    [passed] = flood(limit, 1)
    assert words in build_formatter(log_format).format(passed)


def test_a_client_cannot_make_up_kinds(limit):
    made_up = [record(1, f"session {number}") for number in range(100)]
    assert len([each for each in made_up if limit.filter(each)]) == BURST


def test_other_lines_pass_meanwhile(limit):
    flood(limit, 100)
    assert limit.filter(record(lineno=2))


def test_kinds_are_forgotten_where_they_are_too_many(limit):
    flood(limit, 100)
    for lineno in range(2, MAX_KINDS + 2):
        limit.filter(record(lineno))
    assert flood(limit, 1)
