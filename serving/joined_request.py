"""Requests of several sessions as one request, and its outputs as one part for each of them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from face_utils.backend import ModelOutputs, PredictRequest
from face_utils.errors import MienError
from face_utils.model_spec import ACTIVATION


def join_requests(requests: Sequence[PredictRequest]) -> PredictRequest:
    """Joins requests to one model, with the metadata of all of them.

    Class activation maps are requested if any of the requests has them.
    """
    if len(requests) == 1:
        return requests[0]
    return PredictRequest(
        requests[0].model,
        np.concatenate([each.crops for each in requests]),
        any(each.activation for each in requests),
        tuple(pair for each in requests for pair in each.metadata),
    )


def split_outcome(
    requests: Sequence[PredictRequest], outcome: ModelOutputs | MienError
) -> list[ModelOutputs | MienError]:
    """Splits the outcome of joined requests; an error is the outcome of each of them.

    Each part is a copy of the request's own rows, of the outputs that it has asked for.
    """
    if len(requests) == 1 or isinstance(outcome, MienError):
        return [outcome] * len(requests)
    parts: list[ModelOutputs | MienError] = []
    start = 0
    for request in requests:
        stop = start + len(request.crops)
        parts.append(_rows(request, outcome, slice(start, stop)))
        start = stop
    return parts


def _rows(request: PredictRequest, outcome: ModelOutputs, rows: slice) -> ModelOutputs:
    model = request.model
    names = (*model.outputs, ACTIVATION) if request.activation else model.outputs
    return ModelOutputs(
        outcome.version, {name: outcome.outputs[name][rows].copy() for name in names}
    )
