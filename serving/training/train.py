"""Trains a model, then calibrates, exports and evaluates it.

    python -m serving.training.train emotion

An interrupted run continues after its last finished epoch. `--fresh` starts again.
"""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import keras
from tqdm import tqdm

from serving.training import calibrate, evaluate, export
from serving.training.batches import training_batches
from serving.training.commands import Arguments, build_parser, open_job
from serving.training.dataset import Dataset, build_dataset
from serving.training.job import Job
from serving.training.recipe import Recipe
from serving.training.trainer import Trainer


def run(job: Job) -> None:
    """Trains all stages of a model, and first the stages and teachers that it depends on."""
    for earlier in [job.pretraining(), *job.teachers()]:
        if earlier and len(earlier.run_dir.read_log()) < earlier.recipe.epochs:
            run(earlier)
    with job.run_dir.locked():
        job.run_dir.start_or_resume(repr((job.spec.size, job.spec.margin, job.recipe)))
        keras.utils.set_random_seed(job.recipe.seed)
        dataset = build_dataset(job)
        trainer = build_trainer(job, dataset)
        for epoch in range(trainer.epoch, dataset.recipe.epochs):
            train_epoch(job, dataset, trainer, epoch)
    if stage := job.finetuning():
        run(stage)


def build_trainer(job: Job, dataset: Dataset) -> Trainer:
    """Restores the trainer as the last finished epoch left it."""
    steps, network = dataset.recipe.epochs * dataset.steps, initial_network(job)
    trainer = Trainer(network, job.heads, dataset.recipe, steps, job.run_dir.path)
    trainer.resume()
    return trainer


def train_epoch(job: Job, dataset: Dataset, trainer: Trainer, epoch: int) -> None:
    """Trains one epoch. The state is saved last, so an interrupted epoch is repeated."""
    batches = training_batches(dataset.faces, dataset.targets, job.spec, dataset.recipe, epoch)
    title = f"{job.run_dir.model} {epoch + 1}/{dataset.recipe.epochs}"
    values = trainer.run_epoch(tqdm(batches, desc=title, total=dataset.steps, mininterval=2))
    trainer.averaged.save_weights(job.run_dir.weights)
    entry = {"epoch": epoch + 1, **values, "holdout": dataset.score(trainer.averaged)}
    job.run_dir.append_log(entry)
    trainer.save()
    tqdm.write(str(entry))


def initial_network(job: Job) -> keras.Model:
    """The network at the start of training. Only this network uses the recipe's precision."""
    default, stage = keras.config.dtype_policy(), job.pretraining()
    start = stage.run_dir.weights if stage else job.start
    keras.config.set_dtype_policy(job.recipe.precision)
    try:
        network = job.network()
    finally:
        keras.config.set_dtype_policy(default)
    if start:
        network.load_weights(start)
    return network


def shorten(recipe: Recipe, epochs: int) -> Recipe:
    """The recipe for a trial run: few epochs, no finetuning, no teachers."""
    stage = recipe.pretrain
    pretrain = replace(stage, epochs=min(epochs, stage.epochs)) if stage else None
    return replace(
        recipe, epochs=epochs, min_steps=0, pretrain=pretrain, finetune=None, teachers=()
    )


def main(arguments: Arguments = None) -> None:
    """Runs the command."""
    parser = build_parser(__doc__)
    add = parser.add_argument
    add("--epochs", type=int, help="trial run with this number of epochs, without teachers")
    add("--fresh", action="store_true", help="delete earlier runs of this model first")
    add("--only", action="store_true", help="train only; do not calibrate, export or evaluate")
    add("--reports", type=Path, default=evaluate.REPORTS, help="folder for the model cards")
    add("--readme", type=Path, default=evaluate.README, help="page with the table of results")
    options = parser.parse_args(arguments)
    job = open_job(options)
    if options.fresh:
        shutil.rmtree(job.run_dir.path, ignore_errors=True)
    if options.epochs:
        job = replace(job, recipe=shorten(job.recipe, options.epochs))
    run(job)
    if not options.only:
        calibrate.run(job)
        export.run(job)
        evaluate.run(job, options.reports, options.contract, options.readme)


if __name__ == "__main__":
    main()
