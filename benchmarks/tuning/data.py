"""Everything that the studies look at: models, held-out faces, films, and tracks made of them."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from numpy.random import Generator

from benchmarks.tuning.camera_simulation import (
    augmented_crops,
    estimate_jitter,
    poor_camera,
    still_face_crops,
)
from benchmarks.tuning.clips import Clip, track_clips
from benchmarks.tuning.held_out import Sample, held_out
from benchmarks.tuning.models import Models, load_models
from benchmarks.tuning.prediction_tracks import TrackSet, predict_tracks
from serving.training.recipe import GeometricAugmentation
from serving.training.recipe_files import load_recipe

STILL_LOOKS, VARIED_LOOKS = 60, 21
SOURCES = {"emotion": ("ferplus",), "gender": ("utkface", "fairface"), "age": ("utkface",)}


@dataclass(frozen=True, eq=False)
class TuningData:
    """What there is to look at.

    Attributes:
        models: The models, by name.
        samples: All held-out faces of each model, by the model's name.
        films: The clips as they are, and as a poor camera would take them.
    """

    models: Models
    samples: Mapping[str, Sample]
    films: Mapping[str, Sequence[Clip]]

    @property
    def crop_jitter(self) -> GeometricAugmentation:
        """How much the crop moves on the clips from one look for emotion to the next."""
        clips = self.films["clips"]
        step = round(self.models["emotion"].spec.interval_ms / 1e3 * clips[0].rate)
        return estimate_jitter([[face.detection for face in clip.faces] for clip in clips], step)


def load_data(options: Namespace) -> TuningData:
    """Loads what the command line names.

    Raises:
        FileNotFoundError: A model, the data or the clips are not there.
    """
    models = load_models(options.contract, options.models)
    return TuningData(
        models,
        {n: held_out(n, sources, options.data, options.cache) for n, sources in SOURCES.items()},
        {
            "clips": track_clips(options.clips, models, lambda picture: picture),
            "poor camera": track_clips(options.clips, models, poor_camera(seed=0)),
        },
    )


def still_face_tracks(data: TuningData, count: int, rng: Generator) -> TrackSet:
    """Held-out faces that keep still before a camera as shaky as on the clips."""
    model, sample = data.models["emotion"], data.samples["emotion"].some(count, rng)
    crops = still_face_crops(sample.faces, model.spec, data.crop_jitter, STILL_LOOKS, rng)
    return predict_tracks(model, crops, sample.truth)


def augmented_tracks(data: TuningData, name: str, count: int, rng: Generator) -> TrackSet:
    """Held-out faces of a model, changed at each look as its training changes them."""
    model, sample = data.models[name], data.samples[name].some(count, rng)
    crops = augmented_crops(sample.faces, model.spec, load_recipe(name), VARIED_LOOKS, rng)
    return predict_tracks(model, crops, sample.truth)
