"""Reads the settings from environment variables, and reports wrong ones in plain English."""

from __future__ import annotations

import difflib
import os
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from web.settings.capacity import AUTO_NUMBERS
from web.settings.composition import Settings, groups
from web.settings.descriptions import describe_rule
from web.settings.group import PREFIX, SettingsGroup, variable_of
from web.settings.values import AUTO

_LOG_FORMAT = variable_of("log_format")


class SettingsError(ValueError):
    """A setting is unknown or has a wrong value. The message names each one.

    Attributes:
        log_format: Log format that the environment asks for. The message is logged in this format.
    """

    def __init__(self, message: str, log_format: str) -> None:
        super().__init__(message)
        self.log_format = log_format


@cache
def load_settings() -> Settings:
    """Reads the settings of this process, once.

    Raises:
        SettingsError: A `MIEN_` variable is unknown or its value is wrong.
    """
    return read_settings(os.environ)


def read_settings(environment: Mapping[str, str]) -> Settings:
    """Reads the settings from an environment.

    Raises:
        SettingsError: A `MIEN_` variable is unknown or its value is wrong.
    """
    problems = list(_unknown_names(environment))
    values: dict[str, Any] = {}
    for name, group in groups().items():
        try:
            values[name] = group.read(environment)
        except ValidationError as error:
            problems += [_explain(each, group) for each in error.errors()]
    if problems:
        raise SettingsError(" ".join(problems), environment.get(_LOG_FORMAT, "text"))
    return Settings(**values | _auto_numbers(values, environment))


def _auto_numbers(
    values: Mapping[str, Any], environment: Mapping[str, str]
) -> dict[str, SettingsGroup]:
    """The groups whose `auto` numbers follow from the number of app processes, too."""
    processes = values["server"].processes
    return {
        name: values[name].model_copy(
            update={
                each: compute(processes)
                for each, compute in numbers.items()
                if environment.get(variable_of(each), AUTO) == AUTO
            }
        )
        for name, numbers in AUTO_NUMBERS.items()
    }


def variables() -> list[str]:
    """Lists the variables of all settings, in the order of the reference page."""
    return [variable_of(name) for each in groups().values() for name in each.model_fields]


def _unknown_names(environment: Mapping[str, str]) -> Iterator[str]:
    known = variables()
    for name in environment:
        if name.startswith(PREFIX) and name not in known:
            close = difflib.get_close_matches(name, known, n=1)
            yield f"Unknown setting {name}." + (f" Did you mean {close[0]}?" if close else "")


def _explain(error: ErrorDetails, group: type[SettingsGroup]) -> str:
    """Describes an error: the variable, its value, and which values are right."""
    if not error["loc"]:  # A rule about several settings, which names them.
        return str(error["ctx"]["error"])
    variable = str(error["loc"][0])
    if error["type"] == "value_error":
        rule = str(error["ctx"]["error"])
    else:
        field = group.model_fields[variable.removeprefix(PREFIX).lower()]
        rule = describe_rule(field, error["type"])
    return f"{variable}={error['input']!r} is wrong: {rule}."
