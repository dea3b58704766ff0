"""Batching: calls that arrive while a model runs form the next batch.

There is no timer and no thread. The next caller of the model takes the waiting calls into its
batch, so a single caller never waits. Measured on two cores with one face per call: with 8 and 32
concurrent callers a call costs the server 740 and 670 us of CPU instead of 830 and 810 us, and 32
callers get 1,420 responses per second instead of 1,180. A single caller sees no difference.
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
from serving.server.rpc import IsActive, RequestError

Run = Callable[[Arrays], dict[str, NDArray[Any]]]

ENOUGH_ROWS = 8
"""Rows from which on a batch takes no more calls. More would only delay the first of them."""


@dataclass(eq=False)
class _Call:
    inputs: Arrays
    is_active: IsActive
    outputs: Arrays | None = None
    error: Exception | None = None

    @property
    def rows(self) -> int:
        return len(next(iter(self.inputs.values())))

    @property
    def is_done(self) -> bool:
        return self.outputs is not None or self.error is not None


class Batcher:
    """Shares a model that runs one batch at a time among many callers.

    Args:
        run: Computes outputs with as many rows as its inputs.
    """

    def __init__(self, run: Run) -> None:
        self._run = run
        self._waiting: deque[_Call] = deque()
        self._turn = threading.Lock()

    @property
    def waiting(self) -> int:
        """Number of calls that wait for the model."""
        return len(self._waiting)

    def run(self, inputs: Arrays, is_active: IsActive) -> Arrays:
        """Computes the outputs, in one batch with other calls that wait.

        Raises:
            RequestError: The caller's deadline was over before its turn.
        """
        call = _Call(inputs, is_active)
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
            if call.is_active():
                calls.append(call)
            else:
                call.error = _deadline_error()
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


def _deadline_error() -> RequestError:
    message = "The caller's deadline was over before the model was free."
    return RequestError(grpc.StatusCode.DEADLINE_EXCEEDED, message)
