"""Reads the recipe files, and says which file, table and key is wrong."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from face_utils.validation_message import explain
from serving.training.recipe import Recipe

RECIPES = Path(__file__).parent / "recipes"
DEFAULT = "default"
"""Name of the recipe for models without a recipe of their own."""

OLD_KEYS = {
    "averaging": "ema_decay",
    "balance": "oversampling",
    "batch": "batch_size",
    "beside": "auxiliary_models",
    "beside_weight": "auxiliary_weight",
    "cover": "occlusion",
    "degrade": "degradation",
    "expectation": "expectation_weight",
    "first": "pretrain",
    "framing": "augmentation.geometric",
    "halvings": "pooled_blocks",
    "holdout": "holdout_share",
    "last": "finetune",
    "least_steps": "min_steps",
    "light": "augmentation.photometric",
    "mixing": "mixup_alpha",
    "size": "crop_size",
    "teaching": "teacher_weight",
    "whole": "whole_image",
}
"""Keys of older recipes, and what each is called now."""

_RECIPE = TypeAdapter(Recipe)


class RecipeError(ValueError):
    """A recipe file is invalid. The message names the file, the table and the key."""


def load_recipe(model: str, folder: Path = RECIPES) -> Recipe:
    """Reads `MODEL.toml`, or `default.toml` if the model has no recipe.

    A recipe without data is for the folder named after the model.

    Raises:
        RecipeError: The file is not valid TOML, or a key is unknown, missing or has a wrong value.
    """
    recipe = read_recipe(recipe_file(model, folder))
    return recipe if recipe.data else replace(recipe, data=(model,))


def recipe_file(model: str, folder: Path = RECIPES) -> Path:
    """Path of a model's recipe."""
    own = folder / f"{model}.toml"
    return own if own.is_file() else folder / f"{DEFAULT}.toml"


def read_recipe(path: Path) -> Recipe:
    """Reads one recipe file.

    Raises:
        RecipeError: See `load_recipe`.
    """
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise RecipeError(f"{path} is not valid TOML: {error}") from error
    for key in _keys(values):
        if key in OLD_KEYS:
            raise RecipeError(f"{path}: the key {key!r} is now called {OLD_KEYS[key]!r}.")
    try:
        # As JSON, since the strict mode takes JSON's arrays and objects for tuples and classes.
        return _RECIPE.validate_json(json.dumps(values, default=str))
    except ValidationError as error:
        problem = explain(error, Recipe, "the file", mapping="a table")
        raise RecipeError(f"{path}: {problem}") from error


def _keys(table: Mapping[str, Any]) -> Iterator[str]:
    """Yields the keys of a table and of the tables within it."""
    for key, value in table.items():
        yield key
        if isinstance(value, dict):
            yield from _keys(value)
