"""The `session` event, the first that a client gets."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Literal

from face_utils.image import MAX_SIDE
from face_utils.model_spec import ModelSpec
from face_utils.results import Wire
from face_utils.session_settings import ModelSettings, SessionSettings
from serving.circuit_breaker import ModelState
from web.live.model_status import describe_state
from web.protocol.server_events import (
    ClassificationModel,
    Crop,
    Limits,
    RegressionModel,
    Session,
)
from web.service import Service
from web.settings import Settings

PROTOCOL: Literal[1] = 1
CROP_DETAIL = 1.25
"""Pixels of a travelling crop per pixel of the model's crop that is cut from it."""


def session_event(service: Service, sid: str, settings: SessionSettings) -> Wire:
    """The `session` event of the protocol."""
    models = [
        describe_model(spec, settings.models[name], service.client.states[name])
        for name, spec in service.models.items()
    ]
    session = Session(
        session_id=sid,
        protocol=PROTOCOL,
        models=models,
        settings=settings.flags,
        limits=_limits(service.settings),
        crop=travelling_crop(service.models.values()),
        detector=service.detector.name,  # type: ignore[arg-type]
    )
    return session.to_wire()


def describe_model(
    spec: ModelSpec, settings: ModelSettings, state: ModelState
) -> ClassificationModel | RegressionModel:
    """One model of the `session` event."""
    shared = {
        "name": spec.name,
        "title": spec.title,
        **settings.model_dump(),
        "activation": spec.activation,
        **describe_state(state),
    }
    if spec.kind == "regression":
        return RegressionModel(kind="measure", unit=spec.unit, **shared)
    return ClassificationModel(
        kind="classification", labels=list(spec.labels), unsure_below=spec.unsure_below, **shared
    )


def travelling_crop(models: Iterable[ModelSpec]) -> Crop:
    """Margin and size of the crops of a client that finds the faces itself.

    Models turn their crops upright, and a square that is turned by 45 degrees needs a square
    sqrt(2) times as wide around it.
    """
    specs = list(models)
    widest = math.sqrt(2) * max(1 + 2 * spec.margin for spec in specs)
    size = CROP_DETAIL * max(spec.size * widest / (1 + 2 * spec.margin) for spec in specs)
    margin = math.ceil((widest - 1) / 2 * 100) / 100
    return Crop(margin=margin, size=math.ceil(size / 16) * 16)


def _limits(settings: Settings) -> Limits:
    values = settings.limits.model_dump() | settings.sessions.model_dump()
    named = {name: values[name] for name in Limits.model_fields if name != "max_side"}
    return Limits(**named, max_side=MAX_SIDE)
