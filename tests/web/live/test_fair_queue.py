from __future__ import annotations

from collections import Counter
from threading import Lock

import pytest

from web.live.fair_queue import FairQueue, Place


def _place() -> Place:
    return FairQueue(workers=1).join()


def test_the_first_frame_goes_in_at_once():
    assert _place().enter() is True


def test_the_next_frame_goes_in_when_the_first_has_left(in_thread):
    place = _place()
    place.enter()
    second = in_thread(place.enter).until_waiting()

    place.leave()

    assert second.result() is True


def test_the_newest_frame_takes_the_waiting_place(in_thread):
    place = _place()
    place.enter()
    second = in_thread(place.enter).until_waiting()
    third = in_thread(place.enter).until_waiting()

    assert second.result() is False
    assert not third.ended
    place.leave()
    assert third.result() is True


def test_only_the_last_of_many_waits(in_thread):
    place = _place()
    place.enter()

    waiting = [in_thread(place.enter).until_waiting() for _ in range(20)]
    place.leave()

    assert [frame.result() for frame in waiting] == [False] * 19 + [True]


def test_never_two_are_inside_and_everyone_gets_a_response(in_thread):
    place, lock, seen = _place(), Lock(), Counter()

    def come():
        for _ in range(200):
            if not place.enter():
                continue
            seen["let in"] += 1
            seen["two inside"] += not lock.acquire(blocking=False)
            lock.release()
            place.leave()

    for frame in [in_thread(come) for _ in range(8)]:
        frame.result()

    assert seen["let in"] > 0
    assert seen["two inside"] == 0


def test_closing_sends_those_away_who_wait_and_those_who_come(in_thread):
    place = _place()
    place.enter()
    waiting = in_thread(place.enter).until_waiting()

    place.close()

    assert waiting.result() is False
    assert place.enter() is False


class Crowd:
    """Sessions that always have a frame waiting for the one worker there is."""

    def __init__(self, in_thread, sessions):
        self._in_thread, self._costs = in_thread, {}
        queue = FairQueue(workers=1)
        door = queue.join()
        door.enter()
        self._waiting = {}
        for name, (address, cost) in sessions.items():
            place = queue.join(address)
            self._costs[name] = place, cost
            self._wait(name)
        door.leave()

    def _wait(self, name):
        place, _ = self._costs[name]
        self._waiting[name] = self._in_thread(place.enter).until_waiting()

    def turns(self, count):
        """Who had a turn how often."""
        return Counter(self._turn() for _ in range(count))

    def _turn(self):
        while not (ended := [name for name, call in self._waiting.items() if call.ended]):
            pass
        [name] = ended
        assert self._waiting[name].result() is True
        place, cost = self._costs[name]
        self._wait(name)
        place.leave(cost)
        return name

    def close(self):
        for place, _ in self._costs.values():
            place.close()


@pytest.fixture
def crowd(in_thread):
    crowds = []

    def gather(**sessions):
        crowds.append(Crowd(in_thread, sessions))
        return crowds[-1]

    yield gather
    for each in crowds:
        each.close()


def test_sessions_of_one_address_have_their_turns_one_after_the_other(crowd):
    turns = crowd(a=("x", 0.01), b=("x", 0.01), c=("x", 0.01)).turns(30)

    assert set(turns.values()) == {10}


def test_an_address_with_many_sessions_has_no_larger_share(crowd):
    turns = crowd(a=("x", 0.01), b=("x", 0.01), c=("x", 0.01), alone=("y", 0.01)).turns(40)

    assert turns["alone"] in {19, 20, 21}


def test_costly_image_take_their_turns_from_their_own_sender(crowd):
    turns = crowd(costly=("x", 0.1), cheap=("y", 0.01)).turns(33)

    assert turns["costly"] <= 4


def test_who_comes_late_starts_level_with_the_others(in_thread):
    queue = FairQueue(workers=1)
    old = queue.join("x")
    for _ in range(50):
        old.enter()
        old.leave(cost=0.01)

    late = queue.join("y")

    assert late.share.used == pytest.approx(old.share.used, abs=0.02)


def test_a_worker_given_to_a_place_that_closes_goes_to_the_next(in_thread):
    queue = FairQueue(workers=1)
    first, gone, next_one = queue.join("x"), queue.join("y"), queue.join("z")
    first.enter()
    gone_frame = in_thread(gone.enter).until_waiting()
    next_frame = in_thread(next_one.enter).until_waiting()

    gone.close()
    first.leave()

    assert gone_frame.result() is False
    assert next_frame.result() is True


def test_while_others_have_the_workers_the_two_newest_frames_wait(in_thread):
    queue = FairQueue(workers=1)
    other, place = queue.join("x"), queue.join("y")
    other.enter()

    first, second, third = (in_thread(place.enter).until_waiting() for _ in range(3))

    assert first.result() is False
    other.leave()
    assert second.result() is True
    place.leave()
    assert third.result() is True


def test_a_session_may_wait_for_its_turn_before_it_unpacks_a_frame():
    place = _place()

    assert place.wait_for_turn() is True
    assert place.enter() is True


def test_a_turn_that_no_frame_uses_goes_to_the_next(in_thread):
    queue = FairQueue(workers=1)
    first, second = queue.join("x"), queue.join("y")
    first.wait_for_turn()
    waiting = in_thread(second.enter).until_waiting()

    first.abandon()

    assert waiting.result() is True


def test_a_session_that_left_the_queue_is_given_no_turn():
    queue = FairQueue(workers=1)
    busy, gone, next_one = queue.join("x"), queue.join("y"), queue.join("z")
    busy.enter()
    assert gone.wait_for_turn() is False
    gone.abandon()

    busy.leave()

    assert next_one.wait_for_turn() is True


def test_a_closed_place_takes_no_worker():
    queue = FairQueue(workers=1)
    gone, next_one = queue.join("x"), queue.join("y")
    gone.close()

    assert gone.wait_for_turn() is True
    assert gone.enter() is False
    assert next_one.wait_for_turn() is True
