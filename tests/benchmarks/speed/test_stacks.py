"""Stacks and thread times become CPU time per frame, and none of it is lost."""

from __future__ import annotations

import os
import threading
import time

import pytest

from benchmarks.speed.stacks import (
    ThreadTime,
    function_costs,
    read_samples,
    thread_costs,
    thread_times,
    used_times,
)

RAW = """\
thread (10): MainThread;<module> (app.py:5);serve (web/serve.py:7) 30
thread (10): MainThread;<module> (app.py:5);serve (web/serve.py:9) 10
thread (11);Thread._bootstrap (threading.py:1002);work (web/pool.py:3);detect (cv.py:1) 3
thread (11);Thread._bootstrap (threading.py:1002);work (web/pool.py:4);work (web/pool.py:4) 1
thread (12);wait (web/queue.py:2) 2
thread (12);Thread._bootstrap (threading.py:1002);work (web/pool.py:3) 5
thread (12);Thread._bootstrap (threading.py:1002);Thread.run (threading.py:9) 3
py-spy wrote something else
"""
USED = {
    10: ThreadTime("python", 4.0),
    11: ThreadTime("python", 2.0),
    12: ThreadTime("python", 1.0),
    13: ThreadTime("event_engine", 0.5),
    14: ThreadTime("grpc-2", 0.25),
    15: ThreadTime("grpc-13", 0.25),
}
FRAMES = 1000


def test_a_thread_is_named_after_what_it_does():
    samples = read_samples(RAW)

    assert {number: thread.task for number, thread in samples.items()} == {
        10: "<module> (app.py)",
        11: "work (web/pool.py)",
        12: "work (web/pool.py)",
    }


def test_the_time_of_all_threads_is_that_of_the_process():
    costs = thread_costs(10, USED, read_samples(RAW), seconds=9.0, frames=FRAMES)

    assert {cost.name: cost.own_ms for cost in costs} == {
        "main thread": 4.0,
        "work (web/pool.py)": 3.0,
        "threads that ended": 1.0,
        "not sampled: event_engine": 0.5,
        "not sampled: grpc": 0.5,
    }
    assert costs[0].name == "main thread"


def test_the_time_of_a_thread_is_divided_by_samples():
    costs = {cost.name: cost for cost in function_costs(USED, read_samples(RAW), FRAMES)}

    assert costs["serve (web/serve.py)"].own_ms == pytest.approx(4.0)
    assert costs["<module> (app.py)"].own_ms == 0
    assert costs["<module> (app.py)"].total_ms == pytest.approx(4.0)
    assert costs["detect (cv.py)"].own_ms == pytest.approx(1.5)
    # Once, although it calls itself; and the other thread that runs it.
    assert costs["work (web/pool.py)"].total_ms == pytest.approx(2.0 + 0.5)
    assert sum(cost.own_ms for cost in costs.values()) == pytest.approx(7.0)


def test_a_new_thread_counts_from_its_start_and_an_ended_one_not():
    before = {1: ThreadTime("a", 3.0), 2: ThreadTime("b", 1.0)}
    after = {1: ThreadTime("a", 5.0), 3: ThreadTime("c", 0.5)}

    assert used_times(before, after) == {1: ThreadTime("a", 2.0), 3: ThreadTime("c", 0.5)}


def test_the_kernel_counts_the_time_of_each_thread():
    def spin():
        end = time.thread_time() + 0.05
        while time.thread_time() < end:
            pass
        done.wait()

    done = threading.Event()
    thread = threading.Thread(target=spin)
    before = thread_times(os.getpid())
    thread.start()
    while thread_times(os.getpid())[thread.native_id].seconds < 0.05:
        time.sleep(0.01)
    used = used_times(before, thread_times(os.getpid()))
    done.set()
    thread.join()

    assert used[thread.native_id].seconds >= 0.05
    assert os.getpid() in used
