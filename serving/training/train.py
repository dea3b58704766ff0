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
from serving.training.learner import Learner
from serving.training.lesson import Lesson, lesson_of
from serving.training.recipe import Recipe


def run(task: Job) -> None:
    """Trains a model from where it stands to the last epoch, after those that it builds upon."""
    for earlier in [task.first(), *task.teachers()]:
        if earlier and len(earlier.workspace.read_log()) < earlier.recipe.epochs:
            run(earlier)
    with task.workspace.locked():
        task.workspace.begin(repr((task.spec.size, task.spec.margin, task.recipe)))
        keras.utils.set_random_seed(task.recipe.seed)
        lesson = lesson_of(task)
        learner = learner_of(task, lesson)
        for epoch in range(learner.epoch, lesson.recipe.epochs):
            learn_epoch(task, lesson, learner, epoch)
    if last := task.last():
        run(last)


def learner_of(task: Job, lesson: Lesson) -> Learner:
    """The network as the last finished epoch left it."""
    total, network = lesson.recipe.epochs * lesson.steps, network_to_train(task)
    learner = Learner(network, task.heads, lesson.recipe, total, task.workspace.folder)
    learner.resume()
    return learner


def learn_epoch(task: Job, lesson: Lesson, learner: Learner, epoch: int) -> None:
    """One pass; the state goes last, so that a run that ends before repeats the epoch."""
    batches = training_batches(lesson.faces, lesson.targets, task.spec, lesson.recipe, epoch)
    title = f"{task.workspace.model} {epoch + 1}/{lesson.recipe.epochs}"
    figures = learner.learn(tqdm(batches, desc=title, total=lesson.steps, mininterval=2))
    learner.averaged.save_weights(task.workspace.weights)
    figures = {"epoch": epoch + 1, **figures, "holdout": lesson.score(learner.averaged)}
    task.workspace.append_log(figures)
    learner.save()
    tqdm.write(str(figures))


def network_to_train(task: Job) -> keras.Model:
    """Where training starts; only this network computes with the recipe's precision."""
    usual, first = keras.config.dtype_policy(), task.first()
    start = first.workspace.weights if first else task.start
    keras.config.set_dtype_policy(task.recipe.precision)
    try:
        network = task.network()
    finally:
        keras.config.set_dtype_policy(usual)
    if start:
        network.load_weights(start)
    return network


def shortened(recipe: Recipe, epochs: int) -> Recipe:
    """The recipe for a trial: few epochs, nothing after them, no other model before them."""
    first = recipe.first and replace(recipe.first, epochs=min(epochs, recipe.first.epochs))
    return replace(recipe, epochs=epochs, least_steps=0, first=first, last=None, teachers=())


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
        shutil.rmtree(task.workspace.folder, ignore_errors=True)
    if chosen.epochs:
        task = replace(task, recipe=shortened(task.recipe, chosen.epochs))
    run(task)
    if not chosen.only:
        calibrate.run(task)
        export.run(task)
        evaluate.run(task, chosen.reports, chosen.contract, chosen.readme)


if __name__ == "__main__":
    main()
