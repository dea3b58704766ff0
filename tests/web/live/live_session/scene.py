"""A backend whose responses a test triggers, and frames with faces."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from face_utils.backend import Done, ModelOutputs, PredictRequest
from face_utils.detection import Detection
from face_utils.errors import ModelUnavailable
from face_utils.frame import DetectedFrame, FaceRegion
from face_utils.model_spec import ModelSpec, Smoothing
from tests.support.model_specs import classification, regression

EMOTION = classification(
    "emotion", smoothing=Smoothing("half_life", 0.4), unsure_below=0.6, activation=True
)
AGE = regression(size=64)

IMAGE = np.random.default_rng(0).integers(0, 256, (480, 640, 3), dtype=np.uint8)
LEFT, RIGHT = (50, 100, 100, 100), (400, 100, 100, 100)


@dataclass(eq=False)
class Asked:
    """One request to a model; the test gives the response."""

    model: ModelSpec
    crops: np.ndarray
    done: Done
    activation: bool

    def respond(self, *calm, version=1, maps=None):
        """Responds with one number per face: probability of calm, or age in years."""
        values = np.array(calm, np.float32)
        assert len(values) == len(self.crops)
        if self.model is EMOTION:
            outputs = {"probabilities": np.column_stack([values, 1 - values])}
        else:
            outputs = {"years": values, "low": values - 5, "high": values + 5}
        if maps is not None:
            outputs["activation"] = np.array(maps, np.float32)
        self.done(ModelOutputs(version, outputs))

    def fail(self):
        self.done(ModelUnavailable("The model server does not respond."))


class HeldBackend:
    """A backend whose responses the test triggers."""

    def __init__(self):
        self.asked = []
        self.down = set()
        self.is_closed = False

    def is_available(self, model):
        return model not in self.down

    def predict(self, request: PredictRequest, done: Done) -> None:
        self.asked.append(Asked(request.model, request.crops, done, request.activation))

    def close(self):
        self.is_closed = True

    def take(self):
        """The requests since the last call, by name of the model."""
        asked, self.asked = self.asked, []
        return {request.model.name: request for request in asked}


def source(*boxes, image=IMAGE):
    faces = [FaceRegion(Detection(np.array(box, np.float32), 0.9), image) for box in boxes]
    return lambda: DetectedFrame(640, 480, faces)


def predictions(sent):
    assert {event for event, _ in sent} <= {"prediction"}
    return [payload for _, payload in sent]
