from __future__ import annotations

from collections import Counter
from threading import Lock

from face_utils.turnstile import Turnstile


def test_the_first_visitor_goes_in_at_once():
    assert Turnstile().enter() is True


def test_the_next_visitor_goes_in_when_the_first_has_left(in_thread):
    turnstile = Turnstile()
    turnstile.enter()
    second = in_thread(turnstile.enter).until_waiting()

    turnstile.leave()

    assert second.result() is True


def test_the_newest_visitor_takes_the_waiting_place(in_thread):
    turnstile = Turnstile()
    turnstile.enter()
    second = in_thread(turnstile.enter).until_waiting()
    third = in_thread(turnstile.enter).until_waiting()

    assert second.result() is False
    assert not third.ended
    turnstile.leave()
    assert third.result() is True


def test_only_the_last_of_many_waits(in_thread):
    turnstile = Turnstile()
    turnstile.enter()

    waiting = [in_thread(turnstile.enter).until_waiting() for _ in range(20)]
    turnstile.leave()

    assert [visitor.result() for visitor in waiting] == [False] * 19 + [True]


def test_never_two_are_inside_and_everyone_gets_an_answer(in_thread):
    turnstile, lock, seen = Turnstile(), Lock(), Counter()

    def visit():
        for _ in range(200):
            if not turnstile.enter():
                continue
            seen["let in"] += 1
            seen["two inside"] += not lock.acquire(blocking=False)
            lock.release()
            turnstile.leave()

    for visitor in [in_thread(visit) for _ in range(8)]:
        visitor.result()

    assert seen["let in"] > 0
    assert seen["two inside"] == 0


def test_closing_sends_those_away_who_wait_and_those_who_come(in_thread):
    turnstile = Turnstile()
    turnstile.enter()
    waiting = in_thread(turnstile.enter).until_waiting()

    turnstile.close()

    assert waiting.result() is False
    assert turnstile.enter() is False
