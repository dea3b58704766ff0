"""Conversion of model outputs to predictions: smoothing over time, labels, activation maps."""

from __future__ import annotations

from face_utils.backend import ModelOutputs
from face_utils.model_spec import ACTIVATION
from face_utils.pipeline import Batch
from face_utils.results import Prediction, describe, explain
from face_utils.smoothing import Smoother


def predict_faces(
    batch: Batch, response: ModelOutputs, smoother: Smoother | None, at: float
) -> list[tuple[int, Prediction]]:
    """Turns a model's outputs into one prediction per face.

    Args:
        batch: The faces of the request.
        response: The model's outputs.
        smoother: Merges them with earlier ones of the same track; None for no smoothing.
        at: Time of the frame in seconds.

    Returns:
        Id of the track, and the prediction about it.
    """
    return [
        (track, _predict(batch, row, response, smoother, at))
        for row, track in enumerate(batch.tracks)
    ]


def _predict(
    batch: Batch, row: int, response: ModelOutputs, smoother: Smoother | None, at: float
) -> Prediction:
    model = batch.model
    outputs = {name: response.outputs[name][row] for name in model.outputs}
    if smoother:
        outputs = dict(smoother.update(model, batch.tracks[row], outputs, at))
    if ACTIVATION not in response.outputs:
        return describe(model, outputs)
    # The maps are never smoothed: they belong to this one frame.
    maps = response.outputs[ACTIVATION][row]
    return describe(model, outputs, explain(model, outputs, maps, batch.squares[row]))
