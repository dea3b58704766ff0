"""A model client that records the states it reports, and two small models."""

from __future__ import annotations

import time
from functools import partial
from queue import Queue

import numpy as np

from face_utils.backend import PredictRequest
from serving.channel import open_channel
from serving.client import ModelClient
from tests.serving.client.fake_server import TIMEOUT_SECONDS
from tests.support.model_specs import classification, regression

MOOD = classification(activation=True)
AGE = regression()
CROPS = np.random.default_rng(0).integers(0, 256, (3, 48, 48), dtype=np.uint8)


class RecordingClient:
    """A client, and the model states that it has reported."""

    def __init__(self, bridge, target, models=(MOOD,), timeout=10.0, **options):
        self.models = {model.name: model for model in models}
        self.client = ModelClient(
            partial(open_channel, target), models, bridge, time.monotonic, timeout, **options
        )
        self._states = Queue()

    def watch(self):
        self.client.watch(self._states.put)
        return self

    def until(self, **wanted):
        """Waits for a state with these attributes and returns it."""
        while True:
            state = self._states.get(timeout=TIMEOUT_SECONDS)
            if all(getattr(state, name) == value for name, value in wanted.items()):
                return state

    def until_all_available(self):
        for _ in self.models:
            self.until(available=True)
        return self

    def ask(self, crops=CROPS, model=MOOD, **options):
        return self.ask_later(crops, model, **options).get(timeout=TIMEOUT_SECONDS)

    def ask_later(self, crops=CROPS, model=MOOD, **options):
        outcomes = Queue()
        self.client.predict(PredictRequest(model, crops, **options), outcomes.put)
        return outcomes
