"""Everything that the studies look at: models, held-out faces, films, and tracks made of them."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from numpy.random import Generator

from benchmarks.tuning.cameras import live_looks, poor_camera, shake, varied_looks
from benchmarks.tuning.clips import Clip, watch
from benchmarks.tuning.held_out import Sample, held_out
from benchmarks.tuning.models import Models, load_models
from benchmarks.tuning.tracks import Watched, watched
from serving.training.recipe import Framing, load_recipe

STILL_LOOKS, VARIED_LOOKS = 60, 21
SOURCES = {"emotion": ("ferplus",), "gender": ("utkface", "fairface"), "age": ("utkface",)}


@dataclass(frozen=True, eq=False)
class Material:
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
    def shake(self) -> Framing:
        """How much the crop moves on the clips from one look for emotion to the next."""
        clips = self.films["clips"]
        step = round(self.models["emotion"].spec.interval_ms / 1e3 * clips[0].rate)
        return shake([[face.detection for face in clip.faces] for clip in clips], step)


def gather(options: Namespace) -> Material:
    """Loads what the command line names.

    Raises:
        FileNotFoundError: A model, the data or the clips are not there.
    """
    models = load_models(options.contract, options.models)
    return Material(
        models,
        {n: held_out(n, sources, options.data, options.cache) for n, sources in SOURCES.items()},
        {
            "clips": watch(options.clips, models, lambda picture: picture),
            "poor camera": watch(options.clips, models, poor_camera(seed=0)),
        },
    )


def still_emotions(material: Material, count: int, rng: Generator) -> Watched:
    """Held-out faces that keep still before a camera as shaky as on the clips."""
    model, sample = material.models["emotion"], material.samples["emotion"].some(count, rng)
    crops = live_looks(sample.faces, model.spec, material.shake, STILL_LOOKS, rng)
    return watched(model, crops, sample.truth)


def varied_faces(material: Material, name: str, count: int, rng: Generator) -> Watched:
    """Held-out faces of a model, changed at each look as its training changes them."""
    model, sample = material.models[name], material.samples[name].some(count, rng)
    crops = varied_looks(sample.faces, model.spec, load_recipe(name), VARIED_LOOKS, rng)
    return watched(model, crops, sample.truth)
