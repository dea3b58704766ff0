from __future__ import annotations

import threading
import time
from threading import Event, Thread

import pytest

from serving.hub_bridge import HubBridge, InlineBridge


@pytest.fixture(scope="module")
def bridge():
    bridge = HubBridge()
    bridge.start()
    return bridge


def cross(bridge):
    """Returns when every call that was posted before has run."""
    arrived = Event()
    bridge.post(arrived.set)
    assert arrived.wait(10)


def test_calls_run_in_the_order_in_which_they_were_posted(bridge):
    ran = []

    for number in range(1000):
        bridge.post(lambda number=number: ran.append(number))
    cross(bridge)

    assert ran == list(range(1000))


def test_calls_from_many_threads_are_all_run_in_each_threads_order(bridge):
    ran = []

    def post_all(name):
        for number in range(2000):
            bridge.post(lambda number=number: ran.append((name, number)))

    threads = [Thread(target=post_all, args=(name,)) for name in "abcdefgh"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    cross(bridge)

    assert len(ran) == 8 * 2000
    for name in "abcdefgh":
        assert [number for who, number in ran if who == name] == list(range(2000))


def test_all_calls_run_in_one_thread_which_is_not_the_caller_s(bridge):
    threads = set()

    for _ in range(10):
        bridge.post(lambda: threads.add(threading.get_ident()))
    cross(bridge)

    assert len(threads) == 1
    assert threading.get_ident() not in threads


def test_posting_does_not_wait_for_a_slow_call(bridge):
    go_on, ran = Event(), []
    bridge.post(lambda: go_on.wait(30))

    for number in range(200_000):  # More wake-ups than the socket holds.
        bridge.post(lambda number=number: ran.append(number))
    assert ran == []
    go_on.set()
    cross(bridge)

    assert ran == list(range(200_000))


def test_a_call_may_post_another(bridge):
    arrived = Event()

    bridge.post(lambda: bridge.post(arrived.set))

    assert arrived.wait(10)


def test_a_failed_call_is_logged_and_others_continue(bridge, caplog):
    bridge.post(lambda: {}["missing"])
    cross(bridge)

    assert "A call over the bridge failed." in caplog.text
    assert "KeyError: 'missing'" in caplog.text


def test_an_inline_bridge_runs_a_call_at_once_in_the_caller_s_thread():
    threads = []

    InlineBridge().post(lambda: threads.append(threading.get_ident()))

    assert threads == [threading.get_ident()]


def test_a_call_over_an_inline_bridge_may_post_another():
    bridge, ran = InlineBridge(), []

    bridge.post(lambda: bridge.post(lambda: ran.append("inner")))

    assert ran == ["inner"]


def test_an_inline_bridge_runs_one_call_at_a_time():
    bridge, inside, most = InlineBridge(), [], []

    def call():
        inside.append(1)
        time.sleep(0.001)
        most.append(len(inside))
        inside.pop()

    threads = [Thread(target=lambda: [bridge.post(call) for _ in range(5)]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)

    assert most == [1] * 20


def test_a_call_over_an_inline_bridge_that_fails_is_logged(caplog):
    InlineBridge().post(lambda: {}["missing"])

    assert "KeyError: 'missing'" in caplog.text
