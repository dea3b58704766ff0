"""Training loop: AdamW with a cosine schedule and averaged weights, resumable after each epoch."""

from __future__ import annotations

import math
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

from serving.training.batches import Crops
from serving.training.losses import heads_loss
from serving.training.recipe import Recipe
from serving.training.targets import Targets

WARM_UP_STEPS = 200


class Trainer:
    """Trains a network and keeps the moving average of its weights.

    Attributes:
        model: The network in training.
        averaged: The same network with averaged weights, which is evaluated and exported
            (B. Polyak, A. Juditsky, "Acceleration of Stochastic Approximation by Averaging", 1992).
    """

    def __init__(
        self, model: keras.Model, heads: Sequence[int], recipe: Recipe, steps: int, folder: Path
    ) -> None:
        self.model = model
        self._heads = heads
        self.averaged = keras.models.clone_model(model)
        self.averaged.set_weights(model.get_weights())
        self._recipe = recipe
        self._epoch = tf.Variable(0, dtype=tf.int64)
        self._optimizer = _optimizer(recipe, steps)
        self._optimizer.build(model.trainable_variables)
        state = tf.train.Checkpoint(
            model=model, averaged=self.averaged, optimizer=self._optimizer, epoch=self._epoch
        )
        self._states = tf.train.CheckpointManager(state, str(folder / "state"), max_to_keep=1)
        self._compiled_step = tf.function(self._step, reduce_retracing=True)

    @property
    def epoch(self) -> int:
        """Number of finished epochs."""
        return int(self._epoch)

    def resume(self) -> None:
        """Continues after the last saved epoch, if there is one."""
        self._states.restore_or_initialize()

    def run_epoch(self, batches: Iterable[tuple[Crops, Targets]]) -> dict[str, float]:
        """Trains for one epoch. Returns its mean loss and its duration in seconds."""
        start, losses = time.monotonic(), []
        for crops, targets in batches:
            losses.append(float(self._compiled_step(crops, targets.values, targets.interval)))
        self._epoch.assign_add(1)
        return {"loss": float(np.mean(losses)), "seconds": time.monotonic() - start}

    def save(self) -> None:
        """Saves the state, so that `resume` continues after this epoch."""
        self._states.save()

    def _step(self, crops: tf.Tensor, values: tf.Tensor, interval: tf.Tensor) -> tf.Tensor:
        with tf.GradientTape() as tape:
            logits = self.model(crops, training=True)
            weights = self._recipe.expectation_weight, self._recipe.auxiliary_weight
            loss = heads_loss(values, interval, logits, self._heads, *weights)
        variables = self.model.trainable_variables
        self._optimizer.apply(tape.gradient(loss, variables), variables)
        self._average()
        return loss

    def _average(self) -> None:
        # At first the average follows quickly, so that it forgets the random initial weights.
        steps = tf.cast(self._optimizer.iterations, tf.float32)
        decay = tf.minimum(self._recipe.ema_decay, (1 + steps) / (10 + steps))
        for mean, now in zip(self.averaged.variables, self.model.variables, strict=True):
            if mean.dtype == "float32":  # Random generators have integer state.
                mean.assign(decay * mean + (1 - decay) * now)


def _optimizer(recipe: Recipe, steps: int) -> keras.Optimizer:
    schedule = _cosine(recipe.learning_rate, steps)
    optimizer = keras.optimizers.AdamW(schedule, weight_decay=recipe.weight_decay)
    # Decay would pull the scales of batch normalisation towards 0, which switches channels off.
    optimizer.exclude_from_weight_decay(var_names=["gamma", "beta", "bias"])
    return optimizer


def _cosine(peak: float, steps: int) -> keras.optimizers.schedules.CosineDecay:
    warm_up = min(WARM_UP_STEPS, math.ceil(steps / 10))
    return keras.optimizers.schedules.CosineDecay(
        0.0,
        decay_steps=max(1, steps - warm_up),
        alpha=0.01,
        warmup_target=peak,
        warmup_steps=warm_up,
    )
