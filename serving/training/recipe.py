"""Recipes: all that decides how a model is trained, a TOML file for each and one for the rest."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

RECIPES = Path(__file__).parent / "recipes"
DEFAULT = "default"
"""The recipe of models that have none of their own."""


@dataclass(frozen=True)
class Network:
    """Shape of a mini-XCEPTION.

    Attributes:
        stem: Channels of the plain convolution at the start, which halves the picture.
        widths: Channels of the residual blocks.
        halvings: How many of the blocks, from the first on, halve the picture again.
        dropout: Share of feature maps that are left out in training, before the class maps.
    """

    stem: int
    widths: tuple[int, ...]
    halvings: int
    dropout: float


@dataclass(frozen=True)
class Framing:
    """How far a training crop strays from the detector's square.

    Attributes:
        scale: Smallest and largest factor on the square's side.
        shift: Largest move of the centre along each axis, as a share of the side.
        roll: Largest turn to each side in degrees.
        whole: Share of the crops that start from the whole picture instead of the detection.
    """

    scale: tuple[float, float]
    shift: float
    roll: float
    whole: float


@dataclass(frozen=True)
class Light:
    """How much worse than its original a training crop may look.

    Attributes:
        gamma: Largest exponent; its inverse is the smallest.
        contrast: Largest relative change of contrast.
        brightness: Largest change of brightness, as a share of white.
        degrade: Chance of each of blur, low resolution, dusk, noise and JPEG traces.
        cover: Chance that a part of the face is covered by a patch, a mask or glasses.
    """

    gamma: float
    contrast: float
    brightness: float
    degrade: float
    cover: float


@dataclass(frozen=True)
class Pretraining:
    """A training on smaller crops, whose weights the network starts from.

    Small crops take less time, and a network without dense layers takes crops of any size (M. Tan,
    Q. Le, "EfficientNetV2: Smaller Models and Faster Training", 2021, call it progressive
    learning).

    Attributes:
        size: Side of its crops.
        epochs: Passes over the data.
        learning_rate: Peak of its cosine schedule.
    """

    size: int
    epochs: int
    learning_rate: float


@dataclass(frozen=True)
class Finetuning:
    """A short training at the end, on crops that stray less: most faces that are asked about do.

    Z. Ge et al., "YOLOX: Exceeding YOLO Series in 2021", 2021, end their strongest augmentation for
    the last epochs.

    Attributes:
        epochs: Passes over the data.
        learning_rate: Peak of its cosine schedule.
        framing: Jitter of its crops' geometry.
        light: Jitter of its crops' look.
    """

    epochs: int
    learning_rate: float
    framing: Framing
    light: Light


@dataclass(frozen=True)
class Recipe:
    """One model's training.

    Attributes:
        data: Data sets, by the names that `readers` knows, or folders of pictures.
        epochs: Passes over the data.
        batch: Crops per step.
        learning_rate: Peak of the cosine schedule.
        weight_decay: AdamW's.
        averaging: Decay of the running mean of the weights, which is what gets exported.
        expectation: Weight of the absolute error of the expected value beside the likelihood.
        beside: Models whose labels the network learns too, since they teach it to see faces; their
            class maps are not exported.
        beside_weight: Weight of their losses.
        balance: How far rare kinds of faces are shown more often: 0 as they come, 1 all alike.
        mixing: Parameter of the beta distribution that blends two crops; 0 for none.
        holdout: Share of the training split kept for choosing and calibrating.
        seed: Start of every random number.
        network: Shape of the network.
        framing: Jitter of the crops' geometry.
        light: Jitter of the crops' look.
        precision: Keras's dtype policy for training; what is exported is float32.
        pretrain: What comes before; nothing for most.
        finetune: What comes after; nothing for most.
        teachers: Models whose first networks teach this one; none for most.
        teaching: Their share in the labels.
        least_steps: Where faces are so few that all epochs have fewer steps, there are more epochs.
    """

    data: tuple[str, ...]
    epochs: int
    batch: int
    learning_rate: float
    weight_decay: float
    averaging: float
    expectation: float
    beside: tuple[str, ...]
    beside_weight: float
    balance: float
    mixing: float
    holdout: float
    seed: int
    precision: str
    network: Network
    framing: Framing
    light: Light
    least_steps: int = 0
    pretrain: Pretraining | None = None
    finetune: Finetuning | None = None
    teachers: tuple[str, ...] = ()
    teaching: float = 0.0


def load_recipe(model: str, folder: Path = RECIPES) -> Recipe:
    """Reads `MODEL.toml`, or `default.toml` where there is none.

    A recipe that names no data is for the folder that bears the model's name.

    Raises:
        TypeError: A key is missing or unknown; the message names it.
    """
    values = tomllib.loads(recipe_file(model, folder).read_text(encoding="utf-8"))
    recipe: Recipe = _built(Recipe, {**values, "data": values["data"] or [model]})
    return recipe


def recipe_file(model: str, folder: Path = RECIPES) -> Path:
    """Where the recipe of a model lies."""
    own = folder / f"{model}.toml"
    return own if own.is_file() else folder / f"{DEFAULT}.toml"


_PARTS = {
    "network": Network,
    "framing": Framing,
    "light": Light,
    "pretrain": Pretraining,
    "finetune": Finetuning,
}


def _built(kind: type[Any], values: dict[str, Any]) -> Any:
    """A recipe or a part of one from its table, whose tables are parts again."""
    return kind(**{key: _value(key, value) for key, value in values.items()})


def _value(key: str, value: Any) -> Any:
    if isinstance(value, dict):
        return _built(_PARTS[key], value)
    return tuple(value) if isinstance(value, list) else value
