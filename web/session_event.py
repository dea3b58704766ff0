"""The `session` event, the first that a client gets."""

from __future__ import annotations

import math
from collections.abc import Iterable

from face_utils.image import MAX_SIDE
from face_utils.model_spec import Kind, ModelSpec
from face_utils.results import Wire
from face_utils.session_settings import ModelSettings, SessionSettings
from serving.circuit_breaker import ModelState
from web.config import Config
from web.service import Service, describe_state

PROTOCOL = 1
CROP_DETAIL = 1.25
"""Pixels of a travelling crop per pixel of the model's crop that is cut from it."""

WIRE_KINDS: dict[Kind, str] = {"classification": "classification", "regression": "measure"}
"""Kinds as protocol 1 spells them: its name of a regression stays, so that clients keep working."""

_LIMITS = (
    "max_frame_bytes",
    "max_pixels",
    "max_faces",
    "max_frames_per_second",
    "session_max_seconds",
    "session_idle_seconds",
)


def welcome(service: Service, sid: str, settings: SessionSettings) -> Wire:
    """The `session` event of the protocol."""
    models = [
        describe_model(spec, settings.models[name], service.client.states[name])
        for name, spec in service.models.items()
    ]
    return {
        "session_id": sid,
        "protocol": PROTOCOL,
        "models": models,
        "settings": settings.flags.model_dump(),
        "limits": _limits(service.config),
        "crop": travelling_crop(service.models.values()),
        "detector": service.detector.name,
    }


def describe_model(spec: ModelSpec, settings: ModelSettings, state: ModelState) -> Wire:
    """One model of the `session` event."""
    labelled = {"labels": list(spec.labels), "unsure_below": spec.unsure_below}
    return {
        "name": spec.name,
        "title": spec.title,
        "kind": WIRE_KINDS[spec.kind],
        **({"unit": spec.unit} if spec.kind == "regression" else labelled),
        "interval_ms": settings.interval_ms,
        "enabled": settings.enabled,
        "activation": spec.activation,
        **describe_state(state),
    }


def travelling_crop(models: Iterable[ModelSpec]) -> Wire:
    """Margin and size of the crops of a client that finds the faces itself.

    Models turn their crops upright, and a square that is turned by 45 degrees needs a square
    sqrt(2) times as wide around it.
    """
    specs = list(models)
    widest = math.sqrt(2) * max(1 + 2 * spec.margin for spec in specs)
    size = CROP_DETAIL * max(spec.size * widest / (1 + 2 * spec.margin) for spec in specs)
    return {"margin": math.ceil((widest - 1) / 2 * 100) / 100, "size": math.ceil(size / 16) * 16}


def _limits(config: Config) -> Wire:
    return {name: getattr(config, name) for name in _LIMITS} | {"max_side": MAX_SIDE}
