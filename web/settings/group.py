"""Base of the settings models: one frozen model per concern."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar, Self

from pydantic import model_validator
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

PREFIX = "MIEN_"
ROOT = Path(__file__).parent.parent.parent


def variable_of(field: str) -> str:
    """Gives the environment variable of a setting: `MIEN_PORT` for `port`."""
    return PREFIX + field.upper()


class Concern(BaseSettings):
    """Settings that belong together.

    The variable of the field `port` is `MIEN_PORT`, and so on. Creating a model reads nothing:
    what is not given has its default. `read` takes the values from an environment.

    Attributes:
        title: Heading of the concern on the reference page.
        needs: Pairs of settings: the first one makes no sense without the second.
    """

    model_config = SettingsConfigDict(
        alias_generator=variable_of,
        validate_by_name=True,
        validate_by_alias=True,
        case_sensitive=True,
        enable_decoding=False,
        extra="forbid",
        frozen=True,
    )

    title: ClassVar[str]
    needs: ClassVar[tuple[tuple[str, str], ...]] = ()

    @classmethod
    def read(cls, environment: Mapping[str, str]) -> Self:
        """Reads the settings of this concern.

        Raises:
            ValidationError: A value is wrong, or a setting lacks one that it needs.
        """
        source = EnvSettingsSource(cls)
        source.env_vars = environment
        return cls(**source())

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Leaves out files, and the environment where it is not asked for."""
        return (init_settings,)

    @model_validator(mode="after")
    def _check_needs(self) -> Self:
        """Refuses half of a set-up, which could pass for the whole, or for none."""
        for name, needed in self.needs:
            if getattr(self, name) and not getattr(self, needed):
                given, missing = variable_of(name), variable_of(needed)
                raise ValueError(f"{given} needs {missing}. Set both, or remove {given}.")
        return self
