"""Recipe files: valid recipes, and the message for each mistake."""

from __future__ import annotations

import re
from dataclasses import FrozenInstanceError, replace

import pytest
from pydantic import ValidationError

from serving.contract import load_contract
from serving.training.recipe import Pretraining
from serving.training.recipe_files import RECIPES, RecipeError, load_recipe, read_recipe

SHIPPED = (RECIPES / "age.toml").read_text(encoding="utf-8")


@pytest.fixture
def read(tmp_path):
    """Reads age's recipe with one change."""

    def read(old: str, new: str):
        assert old in SHIPPED
        path = tmp_path / "age.toml"
        path.write_text(SHIPPED.replace(old, new, 1))
        return read_recipe(path)

    return read


@pytest.mark.parametrize("path", sorted(RECIPES.glob("*.toml")), ids=lambda path: path.stem)
def test_the_shipped_recipes_are_valid_and_name_models_of_the_contract(path):
    recipe = read_recipe(path)

    assert {*recipe.auxiliary_models, *recipe.teachers} <= set(load_contract())


def test_tables_become_stages():
    recipe = load_recipe("age")

    assert recipe.pretrain == Pretraining(crop_size=64, epochs=40, learning_rate=2e-3)
    assert recipe.finetune.augmentation.geometric.scale == (0.93, 1.12)


def test_a_model_without_a_recipe_gets_the_default_recipe_for_its_folder():
    assert load_recipe("smile") == replace(load_recipe("default"), data=("smile",))


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "epochs = 10",
            "epochs = 10\nepoch = 10",
            "the file has an unknown key 'epoch'. Did you mean 'epochs'?",
        ),
        (
            "[pretrain]",
            "[pretrain]\nlearning_rat = 1",
            "pretrain has an unknown key 'learning_rat'. Did you mean 'learning_rate'?",
        ),
        (
            "roll = 15.0",
            "roll = 15.0\nrol = 1",
            "augmentation.geometric has an unknown key 'rol'. Did you mean 'roll'?",
        ),
        ("seed = 20261", "", "seed is required and must be a whole number of at least 0."),
        ("stem = 24", "", "network.stem is required and must be a whole number of at least 1."),
        ("epochs = 10", "epochs = 0", "epochs must be a whole number of at least 1."),
        ("epochs = 10", 'epochs = "10"', "epochs must be a whole number of at least 1."),
        ("epochs = 10", "epochs = true", "epochs must be a whole number of at least 1."),
        ("dropout = 0.15", "dropout = 1", "network.dropout must be a number of at least 0 and"),
        ("widths = [48,", "widths = [0,", "network.widths[0] must be a whole number of at least"),
        ('"mixed_bfloat16"', '"float64"', "precision must be one of 'float32', 'mixed_bfloat16',"),
        ("learning_rate = 1e-3", "learning_rate = nan", "learning_rate must be a number above 0."),
        ("stem = 24", "stem = 1979-05-27", "network.stem must be a whole number of at least 1."),
    ],
)
def test_a_mistake_is_named_with_its_file_table_and_key(read, old, new, message):
    with pytest.raises(RecipeError, match=re.escape(f"age.toml: {message}")):
        read(old, new)


def test_a_file_that_is_not_toml_is_refused():
    with pytest.raises(RecipeError, match=r"cards/age\.md is not valid TOML"):
        read_recipe(RECIPES.parent / "cards" / "age.md")


@pytest.mark.parametrize(
    ("new", "old"),
    [("oversampling =", "balance ="), ("[pretrain]", "[first]"), ("pooled_blocks", "halvings")],
)
def test_a_key_of_an_older_recipe_is_refused_with_its_present_name(read, new, old):
    name, now = (re.sub(r"\W", "", text) for text in (old, new))
    with pytest.raises(RecipeError, match=f"the key '{name}' is now called '{now}'"):
        read(new, old)


def test_a_recipe_cannot_be_changed_in_place():
    with pytest.raises(FrozenInstanceError):
        load_recipe("age").epochs = 1


def test_a_changed_copy_is_checked_too():
    with pytest.raises(ValidationError, match="greater than 0"):
        replace(load_recipe("age"), learning_rate=-1.0)
