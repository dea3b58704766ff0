"""Cameras that ask about their faces, and a model server that takes time, all on one clock."""

from __future__ import annotations

from random import Random

from tests.serving.joined.conftest import MOOD, answer

INTERVAL_SECONDS = 0.1


def serve(calls, timers, *, seconds_per_call=0.0, seconds_per_face):
    """Makes the held calls return after a time that grows with their faces."""
    sent = []

    def predict(request, done):
        sent.append(request)
        seconds = seconds_per_call + len(request.crops) * seconds_per_face
        timers.later(seconds, lambda: done(answer(request)))

    calls.predict = predict
    return sent


class Camera:
    """A session that asks a model about its faces at an interval, unless a request is on its way.

    Like a real one it is not quite regular, so that it does not keep step with the calls.

    Attributes:
        answered: Number of faces that were answered.
        ages: Seconds from each request to its outcome.
        skipped: Number of turns that came while a request was on its way.
    """

    def __init__(self, client, timers, seed, *, faces=1, model=MOOD, interval=INTERVAL_SECONDS):
        self.client, self.faces = client, faces
        self.answered, self.ages, self.skipped = 0, [], 0
        self._model, self._interval = model, interval
        self._timers = timers
        self._asked_at = None
        self._random = Random(seed)

    def start(self, after):
        """Asks for the first time after some seconds."""
        self._timers.later(after, self._tick)

    def _tick(self):
        self.start(self._interval * self._random.uniform(0.8, 1.2))
        if self._asked_at is not None:
            self.skipped += 1
            return
        self._asked_at = self._timers.now
        self.client.ask(*[1] * self.faces, model=self._model, done=self._done)

    def _done(self, _):
        self.ages.append(self._timers.now - self._asked_at)
        self.answered += self.faces
        self._asked_at = None
