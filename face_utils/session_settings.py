"""Settings of a session, and the `configure` payload that changes them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from face_utils.client_payload import UNSENT, ClientPayload
from face_utils.errors import BadRequest
from face_utils.model_spec import MAX_INTERVAL_MS, ModelSpec
from face_utils.rotation import Rotation
from face_utils.validation_message import unknown_key

Enabled = Annotated[bool, Field(description="whether the model is asked at all")]
Smoothed = Annotated[bool, Field(description="false: each prediction is sent as the model gave it")]
Mirrored = Annotated[
    bool,
    Field(
        description="records that the client shows the image mirrored; boxes stay those of the "
        "upright frame"
    ),
]
Activated = Annotated[
    bool,
    Field(
        description="true: from the next frame on, predictions show where their evidence lies, if "
        "the model can"
    ),
]
Rotated = Annotated[
    Rotation,
    Field(
        description="degrees clockwise by which the server rotates each image of a `frame` event, "
        "for a camera that is mounted turned"
    ),
]
_INTERVAL = "time between two predictions about the same face, in milliseconds"


class ModelConfiguration(ClientPayload):
    """Settings of one model in a `configure` event; omitted ones do not change."""

    enabled: Enabled = UNSENT
    interval_ms: Annotated[float, Field(ge=0, le=MAX_INTERVAL_MS, description=_INTERVAL)] = UNSENT


class Configuration(ClientPayload):
    """Argument of a `configure` event; omitted settings do not change."""

    models: Annotated[
        dict[str, ModelConfiguration], Field(description="name of a model -> its settings")
    ] = UNSENT
    smoothing: Smoothed = UNSENT
    mirror: Mirrored = UNSENT
    activation: Activated = UNSENT
    rotate: Rotated = UNSENT


class ModelSettings(BaseModel):
    """Settings of one model in a session."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    enabled: Enabled
    interval_ms: Annotated[int, Field(description=_INTERVAL)]


class SessionFlags(BaseModel):
    """Settings of a session that apply to all models."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    smoothing: Smoothed = True
    mirror: Mirrored = False
    activation: Activated = False
    rotate: Rotated = 0


class SessionSettings(BaseModel):
    """All settings of a session.

    Example:
        >>> settings = SessionSettings(models={"age": ModelSettings(enabled=True, interval_ms=50)})
        >>> settings.changed({"models": {"age": {"enabled": False}}}).models["age"]
        ModelSettings(enabled=False, interval_ms=50)
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    models: Annotated[
        dict[str, ModelSettings], Field(description="name of a model -> its settings")
    ]
    smoothing: Smoothed = True
    mirror: Mirrored = False
    activation: Activated = False
    rotate: Rotated = 0

    @classmethod
    def default(cls, specs: Iterable[ModelSpec]) -> SessionSettings:
        """Every model enabled, at the contract's interval."""
        return cls(
            models={
                spec.name: ModelSettings(enabled=True, interval_ms=spec.interval_ms)
                for spec in specs
            }
        )

    @property
    def flags(self) -> SessionFlags:
        """The settings that apply to all models."""
        return SessionFlags(**{name: getattr(self, name) for name in SessionFlags.model_fields})

    def changed(self, payload: object) -> SessionSettings:
        """These settings with the changes of a `configure` payload.

        Raises:
            BadRequest: A key or model is unknown, or a value has the wrong type or size. Nothing
                has changed.
        """
        _check_names(payload, self.models)
        change = Configuration.read(payload, "configure")
        wanted = {name: getattr(change, name) for name in change.model_fields_set}
        models = {
            **self.models,
            **{
                name: _changed_model(self.models[name], model)
                for name, model in wanted.pop("models", {}).items()
            },
        }
        return self.model_copy(update={**wanted, "models": models})


def _changed_model(model: ModelSettings, change: ModelConfiguration) -> ModelSettings:
    wanted = change.model_dump(exclude_unset=True)
    if "interval_ms" in wanted:
        wanted["interval_ms"] = round(wanted["interval_ms"])
    return model.model_copy(update=wanted)


def _check_names(payload: object, known: Mapping[str, ModelSettings]) -> None:
    """Checks the names of models, which are in the contract and not in the schema."""
    models = payload.get("models") if isinstance(payload, dict) else None
    if not isinstance(models, dict):
        return
    for name in models:
        if name not in known:
            raise BadRequest(unknown_key("models", str(name), known))
