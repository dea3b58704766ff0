"""Base class of the settings models, one frozen model per group of settings."""

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
    """Returns the environment variable of a setting: `MIEN_PORT` for `port`."""
    return PREFIX + field.upper()


class SettingsGroup(BaseSettings):
    """Base class of a group of settings.

    The field `port` has the environment variable `MIEN_PORT`, and so on. Creating a model does not
    read the environment: fields that are not given have their defaults. `read` does.

    Attributes:
        title: Heading on the reference page.
        needs: Pairs of settings. Setting the first one requires the second one.
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
        """Reads the settings of this group.

        Raises:
            ValidationError: A value is wrong, or a required setting is missing.
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
        """Disables pydantic's own sources: the environment and files."""
        return (init_settings,)

    @model_validator(mode="after")
    def _check_needs(self) -> Self:
        """Refuses a setting without the one it requires, such as a certificate without a key."""
        for name, needed in self.needs:
            if getattr(self, name) and not getattr(self, needed):
                given, missing = variable_of(name), variable_of(needed)
                raise ValueError(f"{given} needs {missing}. Set both, or remove {given}.")
        return self
