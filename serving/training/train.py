"""Trains a model, then calibrates, exports and evaluates it.

    python -m serving.training.train emotion

A run that was interrupted goes on after its last finished epoch; `--fresh` starts again.
"""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import keras
from tqdm import tqdm

from serving.training import calibrate, evaluate, export
from serving.training.batches import training_batches
from serving.training.commands import Arguments, Job, job, parser
from serving.training.dataset import Dataset, build_dataset
from serving.training.recipe import Recipe
from serving.training.trainer import Trainer


def run(task: Job) -> None:
    """Trains a model from where it stands to the last epoch, after those that it builds upon."""
    for earlier in [task.pretraining(), *task.teachers()]:
        if earlier and len(earlier.run_dir.read_log()) < earlier.recipe.epochs:
            run(earlier)
    with task.run_dir.locked():
        task.run_dir.begin(repr((task.spec.size, task.spec.margin, task.recipe)))
        keras.utils.set_random_seed(task.recipe.seed)
        dataset = build_dataset(task)
        trainer = build_trainer(task, dataset)
        for epoch in range(trainer.epoch, dataset.recipe.epochs):
            train_epoch(task, dataset, trainer, epoch)
    if last := task.finetuning():
        run(last)


def build_trainer(task: Job, dataset: Dataset) -> Trainer:
    """The network as the last finished epoch left it."""
    total, network = dataset.recipe.epochs * dataset.steps, network_to_train(task)
    trainer = Trainer(network, task.heads, dataset.recipe, total, task.run_dir.path)
    trainer.resume()
    return trainer


def train_epoch(task: Job, dataset: Dataset, trainer: Trainer, epoch: int) -> None:
    """One pass; the state goes last, so that a run that ends before repeats the epoch."""
    batches = training_batches(dataset.faces, dataset.targets, task.spec, dataset.recipe, epoch)
    title = f"{task.run_dir.model} {epoch + 1}/{dataset.recipe.epochs}"
    figures = trainer.run_epoch(tqdm(batches, desc=title, total=dataset.steps, mininterval=2))
    trainer.averaged.save_weights(task.run_dir.weights)
    figures = {"epoch": epoch + 1, **figures, "holdout": dataset.score(trainer.averaged)}
    task.run_dir.append_log(figures)
    trainer.save()
    tqdm.write(str(figures))


def network_to_train(task: Job) -> keras.Model:
    """Where training starts; only this network computes with the recipe's precision."""
    usual, first = keras.config.dtype_policy(), task.pretraining()
    start = first.run_dir.weights if first else task.start
    keras.config.set_dtype_policy(task.recipe.precision)
    try:
        network = task.network()
    finally:
        keras.config.set_dtype_policy(usual)
    if start:
        network.load_weights(start)
    return network


def shorten(recipe: Recipe, epochs: int) -> Recipe:
    """The recipe for a trial: few epochs, nothing after them, no other model before them."""
    pretrain = recipe.pretrain and replace(
        recipe.pretrain, epochs=min(epochs, recipe.pretrain.epochs)
    )
    return replace(
        recipe, epochs=epochs, least_steps=0, pretrain=pretrain, finetune=None, teachers=()
    )


def main(arguments: Arguments = None) -> None:
    """The command line."""
    options = parser(__doc__)
    options.add_argument("--epochs", type=int, help="for a trial: so many at most, untaught")
    options.add_argument("--fresh", action="store_true", help="forget earlier runs of this model")
    options.add_argument("--only", action="store_true", help="train, and leave it there")
    options.add_argument("--reports", type=Path, default=evaluate.REPORTS)
    options.add_argument("--readme", type=Path, default=evaluate.README)
    chosen = options.parse_args(arguments)
    task = job(chosen)
    if chosen.fresh:
        shutil.rmtree(task.run_dir.path, ignore_errors=True)
    if chosen.epochs:
        task = replace(task, recipe=shorten(task.recipe, chosen.epochs))
    run(task)
    if not chosen.only:
        calibrate.run(task)
        export.run(task)
        evaluate.run(task, chosen.reports, chosen.contract, chosen.readme)


if __name__ == "__main__":
    main()
