"""Joined batches over a backend whose calls the test ends, and a clock that the test sets."""

from __future__ import annotations

import numpy as np
import pytest

from face_utils.backend import ModelOutputs, PredictRequest
from face_utils.errors import ModelUnavailable
from serving.joined_batches import JoinedBatches
from tests.support.model_specs import classification, regression

MOOD = classification(activation=True)
AGE = regression(size=48)


class HeldCalls:
    """A backend that keeps its calls until the test ends them."""

    def __init__(self):
        self.calls = []
        self.is_down = False

    def is_available(self, model):
        return not self.is_down

    def predict(self, request, done):
        self.calls.append((request, done))

    def close(self):
        pass

    @property
    def faces(self):
        """The grey levels of the calls that have not ended: one list per call."""
        return [request.crops[:, 0, 0].tolist() for request, _ in self.calls]

    def respond(self):
        """Ends the oldest call: each face's answer is its own grey level."""
        request, done = self.calls.pop(0)
        done(answer(request))

    def fail(self, error=None):
        """Ends the oldest call with an error."""
        _, done = self.calls.pop(0)
        done(error or ModelUnavailable("The model server does not respond."))


def answer(request):
    """Outputs that tell for each face which one it was."""
    grey = request.crops[:, 0, 0].astype(np.float32)
    if request.model is AGE:
        outputs = {"years": grey, "low": grey, "high": grey}
    else:
        outputs = {"probabilities": np.column_stack([grey, -grey])}
    if request.activation:
        outputs["activation"] = np.tile(grey[:, None, None, None], (1, 2, 2, 2))
    return ModelOutputs(7, outputs)


class Client:
    """A session: asks about faces of given grey levels and keeps the outcomes."""

    def __init__(self, joined):
        self.backend = joined.join()
        self.outcomes = []

    def ask(self, *greys, model=MOOD, done=None, **options):
        crops = np.array([np.full((48, 48), grey, np.uint8) for grey in greys])
        request = PredictRequest(model, crops, **options)
        self.backend.predict(request, done or self.outcomes.append)
        return self

    @property
    def seen(self):
        """The grey levels that came back, one list per outcome; the name of an error."""
        return [_greys(outcome) for outcome in self.outcomes]


def _greys(outcome):
    if not isinstance(outcome, ModelOutputs):
        return type(outcome).__name__
    values = next(iter(outcome.outputs.values()))
    return [float(value) for value in values.reshape(len(values), -1)[:, 0]]


class Timers:
    """Timers that fire when the test lets the time pass."""

    def __init__(self):
        self.now = 100.0
        self._timers = []

    def clock(self):
        return self.now

    def later(self, seconds, function):
        self._timers.append((self.now + seconds, function))

    def wait(self, seconds):
        """Lets time pass; each timer fires at its time."""
        end = self.now + seconds
        while due := [timer for timer in self._timers if timer[0] <= end]:
            first = min(due, key=lambda timer: timer[0])
            self._timers.remove(first)
            self.now = first[0]
            first[1]()
        self.now = end


@pytest.fixture
def calls():
    return HeldCalls()


@pytest.fixture
def timers():
    return Timers()


@pytest.fixture
def joined(calls, timers):
    return JoinedBatches(calls, timers.later, timers.clock)


@pytest.fixture
def connect(joined):
    return lambda: Client(joined)
