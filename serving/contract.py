"""Reads the model contract, `serving/models.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Any, get_args

from face_utils.model_spec import Kind, ModelSpec, Smoothing, SmoothingMethod

CONTRACT = Path(__file__).parent / "models.toml"
MODELS = Path(__file__).parent / "models"
INPUT_NAME = "image"
SIGNATURE = "serving_default"

_DOCUMENTATION = {"licence", "data", "quality"}
_TYPES: dict[str, tuple[str, Any]] = {
    "title": ("text", str),
    "size": ("a whole number", int),
    "margin": ("a number", (int, float)),
    "kind": ("text", str),
    "labels": ("a list", (list, tuple)),
    "unit": ("text", str),
    "interval_ms": ("a whole number", int),
    "smoothing": ("a table", dict),
    "unsure_below": ("a number", (int, float)),
    "activation": ("true or false", bool),
}
_DEFAULTS: dict[str, Any] = {"labels": (), "unit": ""}


class ContractError(ValueError):
    """The contract does not say what it must; the message names the model and the key."""


def load_contract(path: Path = CONTRACT) -> dict[str, ModelSpec]:
    """Reads every model of a contract, in the file's order.

    Raises:
        ContractError: A key is unknown, missing or of the wrong type.
        OSError: The file cannot be read.
    """
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise ContractError(f"{path} is not valid TOML: {error}") from error
    return {name: _spec(name, table) for name, table in tables.items()}


def _spec(name: str, table: Mapping[str, Any]) -> ModelSpec:
    if not isinstance(table, dict):
        raise ContractError(f"models.toml: {name} is no table")
    wanted = {f.name: f.default for f in fields(ModelSpec) if f.name != "name"}
    unknown = sorted(set(table) - set(wanted) - _DOCUMENTATION)
    if unknown:
        raise ContractError(f"models.toml [{name}]: unknown key {unknown[0]!r}")
    given = {key: table[key] for key in wanted if key in table}
    missing = [k for k, d in wanted.items() if d is MISSING and k not in given | _DEFAULTS]
    if missing:
        raise ContractError(f"models.toml [{name}]: {missing[0]!r} is missing")
    spec = ModelSpec(name=name, **_typed(name, _DEFAULTS | given))
    _check(spec)
    return spec


def _typed(name: str, values: dict[str, Any]) -> dict[str, Any]:
    for key, value in values.items():
        words, kinds = _TYPES[key]
        # Python counts true and false among the whole numbers.
        if not isinstance(value, kinds) or isinstance(value, bool) != (kinds is bool):
            raise ContractError(f"models.toml [{name}]: {key} must be {words}")
    if not all(isinstance(label, str) for label in values["labels"]):
        raise ContractError(f"models.toml [{name}]: labels must be texts")
    smoothing = _smoothing(name, values["smoothing"])
    return {**values, "labels": tuple(values["labels"]), "smoothing": smoothing}


def _smoothing(name: str, table: Mapping[str, Any]) -> Smoothing:
    if set(table) != {"method", "seconds"}:
        raise ContractError(f"models.toml [{name}]: smoothing must have method and seconds")
    seconds = table["seconds"]
    if not isinstance(seconds, (int, float)) or isinstance(seconds, bool):
        raise ContractError(f"models.toml [{name}]: smoothing seconds must be a number")
    return Smoothing(table["method"], seconds)


def _check(spec: ModelSpec) -> None:
    problems = {
        f"kind must be one of {get_args(Kind)}": spec.kind not in get_args(Kind),
        "a classification needs two labels or more": (
            spec.kind == "classification" and len(spec.labels) < 2
        ),
        "labels must all differ": len(set(spec.labels)) < len(spec.labels),
        "a measure has no labels": spec.kind == "measure" and bool(spec.labels),
        "a measure needs a unit": spec.kind == "measure" and not spec.unit,
        "size must be 16 to 512": not 16 <= spec.size <= 512,
        "margin must be 0 to 1": not 0 <= spec.margin <= 1,
        "interval_ms must be 0 to 600000": not 0 <= spec.interval_ms <= 600_000,
        f"smoothing method must be one of {get_args(SmoothingMethod)}": (
            spec.smoothing.method not in get_args(SmoothingMethod)
        ),
        "smoothing seconds must be above 0": not spec.smoothing.seconds > 0,
        "unsure_below must be 0 to 1": not 0 <= spec.unsure_below <= 1,
    }
    for problem, holds in problems.items():
        if holds:
            raise ContractError(f"models.toml [{spec.name}]: {problem}")
