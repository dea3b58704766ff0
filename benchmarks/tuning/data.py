"""Data of the studies: models, held-out faces, clips, and tracks made from them."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from numpy.random import Generator

from benchmarks.models import Models, load_models
from benchmarks.tuning.camera_simulation import (
    augmented_crops,
    estimate_jitter,
    poor_camera,
    still_face_crops,
)
from benchmarks.tuning.clips import Clip, track_clips
from benchmarks.tuning.held_out import Sample, held_out
from benchmarks.tuning.prediction_tracks import TrackSet, predict_tracks
from serving.training.recipe import GeometricAugmentation
from serving.training.recipe_files import load_recipe

STILL_LENGTH, AUGMENTED_LENGTH = 60, 21
"""Predictions per track of still and of augmented faces."""

SOURCES = {"emotion": ("ferplus",), "gender": ("utkface", "fairface"), "age": ("utkface",)}


@dataclass(frozen=True, eq=False)
class TuningData:
    """Everything that the studies measure on.

    Attributes:
        models: The models by name.
        samples: All held-out faces of each model, by model name.
        clips: The clips as they are (`clips`) and through a poor camera (`poor camera`).
    """

    models: Models
    samples: Mapping[str, Sample]
    clips: Mapping[str, Sequence[Clip]]

    @property
    def crop_jitter(self) -> GeometricAugmentation:
        """Movement of the crop on the clips between two emotion predictions."""
        clips = self.clips["clips"]
        step = round(self.models["emotion"].spec.interval_ms / 1e3 * clips[0].rate)
        return estimate_jitter([[face.detection for face in clip.faces] for clip in clips], step)


def load_data(options: Namespace) -> TuningData:
    """Loads the models, data sets and clips that the command line names.

    Raises:
        FileNotFoundError: A model, a data set or the clips are missing.
    """
    models = load_models(options.contract, options.models)
    return TuningData(
        models,
        {n: held_out(n, sources, options.data, options.cache) for n, sources in SOURCES.items()},
        {
            "clips": track_clips(options.clips, models, lambda frame: frame),
            "poor camera": track_clips(options.clips, models, poor_camera(seed=0)),
        },
    )


def still_face_tracks(data: TuningData, count: int, rng: Generator) -> TrackSet:
    """Emotion tracks of held-out faces that keep still, with the jitter of the clips."""
    model, sample = data.models["emotion"], data.samples["emotion"].draw(count, rng)
    crops = still_face_crops(sample.faces, model.spec, data.crop_jitter, STILL_LENGTH, rng)
    return predict_tracks(model, crops, sample.truth)


def augmented_tracks(data: TuningData, name: str, count: int, rng: Generator) -> TrackSet:
    """Tracks of held-out faces of a model, with another training augmentation each time."""
    model, sample = data.models[name], data.samples[name].draw(count, rng)
    crops = augmented_crops(sample.faces, model.spec, load_recipe(name), AUGMENTED_LENGTH, rng)
    return predict_tracks(model, crops, sample.truth)
