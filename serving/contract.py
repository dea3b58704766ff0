"""Reads the model contract, `serving/models.toml`."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from face_utils.model_spec import ModelSpec
from face_utils.validation_message import explain

CONTRACT = Path(__file__).parent / "models.toml"
MODELS = Path(__file__).parent / "models"
INPUT_NAME = "image"
SIGNATURE = "serving_default"

OLD_KINDS = {"measure": "regression"}
"""Earlier names of a kind, which contracts of operators may still use."""

_SPEC = TypeAdapter(ModelSpec)


class ContractError(ValueError):
    """The contract is wrong; the message names the file, the model and the key."""


def load_contract(path: Path = CONTRACT) -> dict[str, ModelSpec]:
    """Reads every model of a contract, in the file's order.

    Raises:
        ContractError: A key is unknown, missing or of the wrong type.
        OSError: The file cannot be read.
    """
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise FileNotFoundError(f"The model contract {str(path)!r} does not exist.") from error
    except tomllib.TOMLDecodeError as error:
        raise ContractError(f"{path} is not valid TOML: {error}") from error
    return {name: _read_model(path, name, table) for name, table in tables.items()}


def _read_model(path: Path, name: str, table: Any) -> ModelSpec:
    if not isinstance(table, dict):
        raise ContractError(f"{path}: {name} is outside of every table. Move it below its [model].")
    where = f"{path} [{name}]"
    if "name" in table:  # It would compete with the heading.
        raise ContractError(f"{where} has an unknown key 'name'. The heading names the model.")
    kind = table.get("kind")
    renamed = {"kind": OLD_KINDS[kind]} if isinstance(kind, str) and kind in OLD_KINDS else {}
    try:
        return _SPEC.validate_python({"name": name, **table, **renamed})
    except ValidationError as error:
        problem = explain(error, ModelSpec, "the table", mapping="a table")
        raise ContractError(f"{where}: {problem}") from error
