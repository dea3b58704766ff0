"""Calls that arrive while a model runs are run together next.

There is no timer and no thread: whoever gets the model next takes along all that wait. A lone
caller never waits, and the busier the model, the larger its batches.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import grpc
import numpy as np
from numpy.typing import NDArray

from serving.server.network import Arrays
from serving.server.rpc import IsWanted, RequestError

Run = Callable[[Arrays], dict[str, NDArray[Any]]]

QUEUE_LIMIT = 128


@dataclass(eq=False)
class _Call:
    inputs: Arrays
    is_wanted: IsWanted
    outputs: Arrays | None = None
    error: Exception | None = None

    @property
    def rows(self) -> int:
        return len(next(iter(self.inputs.values())))


class Batcher:
    """Gives many callers their turns at a model that takes one call at a time."""

    def __init__(self, run: Run, queue_limit: int = QUEUE_LIMIT) -> None:
        """Takes the model.

        Args:
            run: Computes outputs with as many rows as its inputs.
            queue_limit: Calls that may wait; any more are refused.
        """
        self._run = run
        self._queue_limit = queue_limit
        self._waiting: deque[_Call] = deque()
        self._turn = threading.Lock()

    @property
    def waiting(self) -> int:
        """Calls that wait for their turn."""
        return len(self._waiting)

    def run(self, inputs: Arrays, is_wanted: IsWanted) -> Arrays:
        """Computes the outputs, in one batch with other calls if they come at the same time.

        Raises:
            RequestError: Too many calls wait, or the caller gave up before its turn.
        """
        if self.waiting >= self._queue_limit:
            raise _queue_full(self._queue_limit)
        call = _Call(inputs, is_wanted)
        self._waiting.append(call)
        with self._turn:
            if call.outputs is None and call.error is None:
                self._run_all_waiting()
        if call.outputs is None:
            raise call.error or RuntimeError("the call was never run")
        return call.outputs

    def _run_all_waiting(self) -> None:
        calls = [self._waiting.popleft() for _ in range(self.waiting)]
        wanted = [call for call in calls if call.is_wanted()]
        for call in calls:
            if call not in wanted:
                call.error = _gave_up()
        if wanted:
            self._run_together(wanted)

    def _run_together(self, calls: list[_Call]) -> None:
        try:
            outputs = self._run(_joined(calls))
        except Exception as error:
            for call in calls:
                call.error = error
            return
        start = 0
        for call in calls:
            stop = start + call.rows
            call.outputs = {name: array[start:stop] for name, array in outputs.items()}
            start = stop


def _joined(calls: list[_Call]) -> Arrays:
    if len(calls) == 1:
        return calls[0].inputs
    names = calls[0].inputs
    return {name: np.concatenate([call.inputs[name] for call in calls]) for name in names}


def _queue_full(limit: int) -> RequestError:
    message = f"{limit} requests wait for this model already"
    return RequestError(grpc.StatusCode.RESOURCE_EXHAUSTED, message)


def _gave_up() -> RequestError:
    message = "the caller gave up before the model was free"
    return RequestError(grpc.StatusCode.DEADLINE_EXCEEDED, message)
