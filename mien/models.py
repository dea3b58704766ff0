"""Lists what the model contract says about each model, for people and for programs."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter

from face_utils.model_spec import ModelSpec
from serving.contract import load_contract

_SPEC = TypeAdapter(ModelSpec)


@dataclass(frozen=True)
class InstalledModel:
    """A model of the contract, and what there is of it.

    Attributes:
        spec: What the contract says.
        version: Newest version in the models' folder, or None if there is none.
    """

    spec: ModelSpec
    version: int | None


def find_models(contract: Path, models: Path) -> list[InstalledModel]:
    """Reads all models of a contract, and looks for their versions.

    Args:
        contract: The contract's file.
        models: Folder of the SavedModels.

    Raises:
        ContractError: The contract is wrong.
        OSError: The contract cannot be read.
    """
    specs = load_contract(contract).values()
    return [InstalledModel(spec, newest_version(models / spec.name)) for spec in specs]


def newest_version(folder: Path) -> int | None:
    """The highest version in a model's folder, or None if there is none."""
    names = [path.name for path in folder.glob("*") if path.is_dir()]
    return max((int(name) for name in names if name.isdecimal()), default=None)


def as_text(models: Sequence[InstalledModel]) -> str:
    """A block of lines for each model."""
    return "\n\n".join(map(_describe, models))


def as_json(models: Sequence[InstalledModel]) -> str:
    """A JSON array: for each model the keys of the contract, and `version`."""
    tables = [{**_SPEC.dump_python(m.spec, mode="json"), "version": m.version} for m in models]
    return json.dumps(tables, indent=2)


def _describe(model: InstalledModel) -> str:
    spec = model.spec
    version = "no version" if model.version is None else f"version {model.version}"
    rows = {
        "kind": f"{spec.kind}: {', '.join(spec.labels) or spec.unit}",
        "size": f"{spec.size} x {spec.size} pixels, grey",
        "licence": spec.licence,
        "data": spec.data,
        "quality": ", ".join(f"{name} {value}" for name, value in spec.quality.items()),
    }
    lines = [f"  {name:9}{value or 'not stated'}" for name, value in rows.items()]
    return "\n".join([f"{spec.name}, {version}", *lines])
