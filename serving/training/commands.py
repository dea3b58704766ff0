"""Command-line options that all training commands share."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import cv2
import tensorflow as tf

from serving.contract import CONTRACT, MODELS, load_contract
from serving.training.job import Job
from serving.training.recipe_files import RecipeError, load_recipe
from serving.training.run_dir import CACHE, DATA, RunDir

Arguments = Sequence[str] | None
"""Command-line arguments; None reads those of the process."""


def build_parser(about: str | None) -> argparse.ArgumentParser:
    """Builds the parser with the options of every command.

    Args:
        about: The module's docstring. Its first line is the description.
    """
    parser = argparse.ArgumentParser(description=(about or "").partition("\n")[0])
    add = parser.add_argument
    add("model", help="model's name in the contract")
    add("--contract", type=Path, default=CONTRACT, help="the model contract (%(default)s)")
    add("--data", type=Path, default=DATA, help="folder with the data sets (%(default)s)")
    add("--cache", type=Path, default=CACHE, help="folder for work in progress (%(default)s)")
    add("--models", type=Path, default=MODELS, help="folder for the SavedModels (%(default)s)")
    add("--threads", type=int, default=1, help="TensorFlow threads (%(default)s)")
    return parser


def open_job(options: argparse.Namespace) -> Job:
    """Builds the job that the options name, and sets the number of threads.

    Call it once and before any TensorFlow operation.

    Raises:
        SystemExit: The contract has no such model, or its recipe is invalid.
    """
    contract = load_contract(options.contract)
    if options.model not in contract:
        known = ", ".join(contract)
        raise SystemExit(f"{options.contract} has no model {options.model}. Known models: {known}.")
    _limit_threads(options.threads)
    try:
        recipe = load_recipe(options.model)
    except RecipeError as error:
        raise SystemExit(str(error)) from error
    run_dir = RunDir(options.model, options.cache)
    spec = contract[options.model]
    return Job(spec, recipe, run_dir, options.data, options.models, options.contract)


def _limit_threads(threads: int) -> None:
    cv2.setNumThreads(1)
    tf.config.threading.set_intra_op_parallelism_threads(threads)
    tf.config.threading.set_inter_op_parallelism_threads(1)
