"""What the four commands share: their options and how a trained model is opened."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import keras
import tensorflow as tf

from face_utils.model_spec import ModelSpec
from serving.contract import CONTRACT, MODELS, load_contract
from serving.training.alignment import load_faces
from serving.training.faces import Faces
from serving.training.network import keep_classes, mini_xception
from serving.training.recipe import Recipe, load_recipe
from serving.training.run_dir import CACHE, DATA, RunDir
from serving.training.targets import Targets, class_count, require_every_label, targets_of


@dataclass(frozen=True)
class Job:
    """One model and everything that belongs to making it.

    Attributes:
        spec: Its table in the contract.
        recipe: How it is trained.
        run_dir: Files of its training.
        data: Folder with the data sets.
        models: Folder that the SavedModels go to.
        contract: The contract's file, for the models that this one learns beside.
        start: Weights that the network starts from, where no first training gives them.
    """

    spec: ModelSpec
    recipe: Recipe
    run_dir: RunDir
    data: Path
    models: Path
    contract: Path = CONTRACT
    start: Path | None = None

    def faces(self) -> Faces:
        """The recipe's data sets, framed."""
        return load_faces(self.recipe.data, self.data, self.run_dir.faces)

    def network(self) -> keras.Model:
        """The network of the recipe, untrained."""
        return mini_xception(self.recipe.network, self.spec.size, sum(self.heads))

    @property
    def heads(self) -> list[int]:
        """Number of classes of the model and of each that it learns beside it."""
        return [class_count(spec) for spec in self._learned()]

    @property
    def learned(self) -> list[str]:
        """Name of the model and of each that it learns beside it."""
        return [spec.name for spec in self._learned()]

    def targets(self, faces: Faces) -> Targets:
        """What the network should answer for these faces.

        Raises:
            ValueError: The faces lack a label of the model, or have one that it lacks.
        """
        own, *others = (targets_of(spec, faces) for spec in self._learned())
        require_every_label(self.spec, faces)
        return own.beside(others)

    def _learned(self) -> list[ModelSpec]:
        contract = load_contract(self.contract)
        return [self.spec, *(contract[name] for name in self.recipe.beside)]

    def pretraining(self) -> Job | None:
        """The training on smaller crops that comes before this one, if the recipe has one."""
        start = self.recipe.pretrain
        if not start:
            return None
        spec = replace(self.spec, size=start.size)
        own = replace(self.recipe, epochs=start.epochs, learning_rate=start.learning_rate)
        recipe = replace(own, pretrain=None, finetune=None, teachers=())
        return replace(self, spec=spec, recipe=recipe, run_dir=self.run_dir.pretrain)

    def finetuning(self) -> Job | None:
        """The training that comes after this one, if the recipe has one."""
        end = self.recipe.finetune
        if not end:
            return None
        own = replace(self.recipe, epochs=end.epochs, learning_rate=end.learning_rate)
        recipe = replace(own, framing=end.framing, light=end.light, pretrain=None, finetune=None)
        place, start = self.run_dir.finetune, self.run_dir.weights
        return replace(self, recipe=recipe, run_dir=place, start=start)

    def teachers(self) -> list[Job]:
        """The first trainings whose networks teach this one.

        Raises:
            ValueError: A recipe that is named as a teacher has no first training.
        """
        firsts = [self._sibling(name).pretraining() for name in self.recipe.teachers]
        if None in firsts:
            raise ValueError(f"not all of {self.recipe.teachers} have a first training")
        return [first for first in firsts if first]

    def _sibling(self, name: str) -> Job:
        if name == self.spec.name:
            return self
        spec, run_dir = load_contract(self.contract)[name], RunDir(name, self.run_dir.cache)
        return replace(self, spec=spec, recipe=load_recipe(name), run_dir=run_dir)

    def export_network(self) -> keras.Model:
        """The trained network as it is calibrated and exported, without what it learned beside."""
        finished = self.finetuning() or self
        return keep_classes(finished.trained_network(), class_count(self.spec))

    def trained_network(self) -> keras.Model:
        """The network with the averaged weights of its training.

        Raises:
            FileNotFoundError: It was not trained yet.
        """
        model = self.network()
        model.load_weights(self.run_dir.weights)
        return model


def parser(about: str) -> argparse.ArgumentParser:
    """The options that every command takes."""
    options = argparse.ArgumentParser(description=about.splitlines()[0])
    options.add_argument("model", help="its name in the contract")
    options.add_argument("--contract", type=Path, default=CONTRACT, help="the models.toml")
    options.add_argument("--data", type=Path, default=DATA, help="folder with the data sets")
    options.add_argument("--cache", type=Path, default=CACHE, help="folder for what is in work")
    options.add_argument("--models", type=Path, default=MODELS, help="folder of the SavedModels")
    options.add_argument("--threads", type=int, default=1, help="threads of TensorFlow")
    return options


def job(options: argparse.Namespace) -> Job:
    """What the options ask for; sets the number of threads, so call it once and first.

    Raises:
        SystemExit: The contract has no such model.
    """
    contract = load_contract(options.contract)
    if options.model not in contract:
        raise SystemExit(f"{options.contract} has no {options.model}, only {', '.join(contract)}")
    cv2.setNumThreads(1)
    tf.config.threading.set_intra_op_parallelism_threads(options.threads)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    run_dir = RunDir(options.model, options.cache)
    spec, recipe = contract[options.model], load_recipe(options.model)
    return Job(spec, recipe, run_dir, options.data, options.models, options.contract)


Arguments = Sequence[str] | None
