"""What a client may choose for its own session."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from face_utils.errors import BadRequest
from face_utils.model_spec import ModelSpec

MAX_INTERVAL_MS = 600_000
FLAGS = ("smoothing", "mirror", "activation")


@dataclass(frozen=True)
class ModelSettings:
    """How a session uses one model.

    Attributes:
        enabled: Whether the model is asked at all.
        interval_ms: Time between two answers about the same track.
    """

    enabled: bool
    interval_ms: int


@dataclass(frozen=True)
class SessionSettings:
    """All choices of a session.

    Attributes:
        models: Name of a model -> its settings.
        smoothing: Whether answers are merged over time.
        mirror: Whether the client shows the picture mirrored; boxes are not touched by it.
        activation: Whether answers tell where in the face their evidence lies.
    """

    models: Mapping[str, ModelSettings]
    smoothing: bool = True
    mirror: bool = False
    activation: bool = False

    @classmethod
    def default(cls, specs: Iterable[ModelSpec]) -> SessionSettings:
        """Every model on, at the contract's interval."""
        return cls({spec.name: ModelSettings(True, spec.interval_ms) for spec in specs})

    @property
    def flags(self) -> dict[str, bool]:
        """The choices that concern all models alike."""
        return {name: getattr(self, name) for name in FLAGS}

    def changed(self, payload: object) -> SessionSettings:
        """These settings with the changes of a `configure` payload.

        Raises:
            BadRequest: An unknown key or model, or a value of the wrong type or size. Nothing
                has changed then.
        """
        wanted = _mapping(payload, "configure", ("models", *FLAGS))
        models = dict(self.models)
        for name, changes in _mapping(wanted.get("models", {}), "models", self.models).items():
            models[name] = _changed_model(name, models[name], changes)
        flags = {name: _flag(name, wanted.get(name, held)) for name, held in self.flags.items()}
        return replace(self, models=models, **flags)

    def to_wire(self) -> dict[str, Any]:
        """What now holds, as the acknowledgement of `configure` has it."""
        models = {
            name: {"enabled": model.enabled, "interval_ms": model.interval_ms}
            for name, model in self.models.items()
        }
        return {"models": models, **self.flags}


def _changed_model(name: str, model: ModelSettings, changes: object) -> ModelSettings:
    wanted = _mapping(changes, f"models.{name}", ("enabled", "interval_ms"))
    interval = wanted.get("interval_ms", model.interval_ms)
    if isinstance(interval, bool) or not isinstance(interval, (int, float)):
        raise BadRequest(f"models.{name}.interval_ms must be a number.")
    if not 0 <= interval <= MAX_INTERVAL_MS:
        raise BadRequest(f"models.{name}.interval_ms must be from 0 to {MAX_INTERVAL_MS}.")
    enabled = _flag(f"models.{name}.enabled", wanted.get("enabled", model.enabled))
    return ModelSettings(enabled, round(interval))


def _mapping(value: object, name: str, known: Iterable[str]) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise BadRequest(f"{name} must be an object.")
    unknown = [key for key in value if key not in set(known)]
    if unknown:
        raise BadRequest(f"{name} has an unknown key {str(unknown[0])[:40]!r}.")
    return value


def _flag(name: str, value: object) -> bool:
    if not isinstance(value, bool):
        raise BadRequest(f"{name} must be true or false.")
    return value
