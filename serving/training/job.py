"""The training job of one model: its contract, recipe, data and files."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import keras

from face_utils.model_spec import ModelSpec
from serving.contract import CONTRACT, load_contract
from serving.training.alignment import load_faces
from serving.training.faces import Faces
from serving.training.network import keep_classes, mini_xception
from serving.training.recipe import Recipe
from serving.training.recipe_files import load_recipe
from serving.training.run_dir import RunDir
from serving.training.targets import Targets, class_count, require_every_label, targets_of


@dataclass(frozen=True)
class Job:
    """One model and everything that its training needs.

    Attributes:
        spec: The model's table in the contract.
        recipe: How the model is trained.
        run_dir: Files of the training.
        data: Folder with the data sets.
        models: Folder for the SavedModels.
        contract: Path of the contract, for the specs of auxiliary models and teachers.
        start: Initial weights, if no pretraining provides them.
    """

    spec: ModelSpec
    recipe: Recipe
    run_dir: RunDir
    data: Path
    models: Path
    contract: Path = CONTRACT
    start: Path | None = None

    def faces(self) -> Faces:
        """The faces of the recipe's data sets, aligned by the detector."""
        return load_faces(self.recipe.data, self.data, self.run_dir.faces)

    def network(self) -> keras.Model:
        """The recipe's network, untrained."""
        return mini_xception(self.recipe.network, self.spec.size, sum(self.heads))

    @property
    def heads(self) -> list[int]:
        """Number of classes of the model and of each auxiliary model."""
        return [class_count(spec) for spec in self._specs()]

    @property
    def head_names(self) -> list[str]:
        """Name of the model and of each auxiliary model."""
        return [spec.name for spec in self._specs()]

    def targets(self, faces: Faces) -> Targets:
        """The training targets of all heads for these faces.

        Raises:
            ValueError: A label of the model has no faces, or faces have a label it lacks.
        """
        own, *auxiliary = (targets_of(spec, faces) for spec in self._specs())
        require_every_label(self.spec, faces)
        return own.with_auxiliary(auxiliary)

    def _specs(self) -> list[ModelSpec]:
        contract = load_contract(self.contract)
        return [self.spec, *(contract[name] for name in self.recipe.auxiliary_models)]

    def pretraining(self) -> Job | None:
        """The stage on smaller crops before this one, if the recipe has one."""
        stage = self.recipe.pretrain
        if not stage:
            return None
        recipe = replace(
            self.recipe,
            epochs=stage.epochs,
            learning_rate=stage.learning_rate,
            pretrain=None,
            finetune=None,
            teachers=(),
        )
        spec = replace(self.spec, size=stage.crop_size)
        return replace(self, spec=spec, recipe=recipe, run_dir=self.run_dir.pretrain)

    def finetuning(self) -> Job | None:
        """The stage after this one, if the recipe has one."""
        stage = self.recipe.finetune
        if not stage:
            return None
        recipe = replace(
            self.recipe,
            epochs=stage.epochs,
            learning_rate=stage.learning_rate,
            augmentation=stage.augmentation,
            pretrain=None,
            finetune=None,
        )
        run_dir, start = self.run_dir.finetune, self.run_dir.weights
        return replace(self, recipe=recipe, run_dir=run_dir, start=start)

    def teachers(self) -> list[Job]:
        """The pretraining jobs whose networks teach this one.

        Raises:
            ValueError: A teacher's recipe has no pretraining.
        """
        stages = {name: self._other(name).pretraining() for name in self.recipe.teachers}
        without = [name for name, stage in stages.items() if stage is None]
        if without:
            raise ValueError(f"The recipe of teacher {without[0]} has no pretraining stage.")
        return [stage for stage in stages.values() if stage]

    def _other(self, name: str) -> Job:
        """The job of another model, with the same folders."""
        if name == self.spec.name:
            return self
        spec, run_dir = load_contract(self.contract)[name], RunDir(name, self.run_dir.cache)
        return replace(self, spec=spec, recipe=load_recipe(name), run_dir=run_dir)

    def trained_network(self) -> keras.Model:
        """The network with the averaged weights of its training.

        Raises:
            FileNotFoundError: The model has not been trained yet.
        """
        model = self.network()
        model.load_weights(self.run_dir.weights)
        return model

    def export_network(self) -> keras.Model:
        """The network of the last stage, without the auxiliary classes."""
        finished = self.finetuning() or self
        return keep_classes(finished.trained_network(), class_count(self.spec))
