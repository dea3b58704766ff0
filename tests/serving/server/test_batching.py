from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import grpc
import numpy as np
import pytest

from serving.server.batching import Batcher
from serving.server.rpc import RequestError


class Doubler:
    """Doubles its input, and does not finish its first call until it may."""

    def __init__(self):
        self.entered = threading.Event()
        self.may_finish = threading.Event()
        self.batches = []

    def run(self, inputs):
        self.batches.append(inputs["x"].tolist())
        self.entered.set()
        assert self.may_finish.wait(60)
        return {"y": inputs["x"] * 2}


@pytest.fixture
def doubler():
    return Doubler()


@pytest.fixture
def threads():
    with ThreadPoolExecutor(8) as pool:
        yield pool


def rows(*values):
    return {"x": np.array(values)}


def always():
    return True


def never():
    return False


def test_calls_that_arrive_during_a_run_are_run_together_next(doubler, threads, until):
    batcher = Batcher(doubler.run)
    first = threads.submit(batcher.run, rows(1), always)
    doubler.entered.wait(60)
    second = threads.submit(batcher.run, rows(2, 3), always)
    until(lambda: batcher.waiting == 1)
    third = threads.submit(batcher.run, rows(4), always)
    until(lambda: batcher.waiting == 2)
    doubler.may_finish.set()

    expected_outputs = [call.result()["y"].tolist() for call in (first, second, third)]

    assert expected_outputs == [[2], [4, 6], [8]]
    assert doubler.batches == [[1], [2, 3, 4]]


def test_a_batch_takes_no_more_calls_when_it_is_large(doubler, threads, until):
    batcher = Batcher(doubler.run)
    calls = [threads.submit(batcher.run, rows(0), always)]
    doubler.entered.wait(60)
    for number in (1, 2, 3):
        calls.append(threads.submit(batcher.run, rows(*[number] * 5), always))
        until(lambda waiting=number: batcher.waiting == waiting)
    doubler.may_finish.set()

    assert [call.result()["y"].tolist() for call in calls] == [[0], [2] * 5, [4] * 5, [6] * 5]
    assert doubler.batches == [[0], [1] * 5 + [2] * 5, [3] * 5]


def test_a_call_of_a_disconnected_caller_is_dropped(doubler, threads, until):
    batcher = Batcher(doubler.run)
    first = threads.submit(batcher.run, rows(1), always)
    doubler.entered.wait(60)
    gone = threads.submit(batcher.run, rows(2), never)
    until(lambda: batcher.waiting == 1)
    doubler.may_finish.set()

    with pytest.raises(RequestError) as refused:
        gone.result()

    assert refused.value.code is grpc.StatusCode.DEADLINE_EXCEEDED
    assert first.result()["y"].tolist() == [2]
    assert doubler.batches == [[1]]


def test_a_failure_reaches_its_callers_and_not_the_next_one():
    def run(inputs):
        if 0 in inputs["x"]:
            raise ZeroDivisionError
        return {"y": 1 / inputs["x"]}

    batcher = Batcher(run)

    with pytest.raises(ZeroDivisionError):
        batcher.run(rows(0), always)
    assert batcher.run(rows(2), always)["y"].tolist() == [0.5]
