"""Trains the face check.

    python -m serving.training.face_check

Writes face_utils/face_check.npz. It learns from training images of FairFace and UTKFace in colour,
from the heads that the detectors take for upright, and from drawings.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import cv2
import numpy as np

from face_utils.detection import Detector
from face_utils.detectors.factory import build_detector
from face_utils.detectors.files import blazeface_file
from face_utils.face_check import WEIGHTS
from serving.training.face_check.examples import build_examples, fooled_heads, upright_heads
from serving.training.face_check.network import TrainingRecipe, save, train
from serving.training.faces import TRAIN, Grey
from serving.training.readers import zips
from serving.training.recipe_files import load_recipe
from serving.training.run_dir import DATA


def main() -> None:
    """Collects examples, trains and writes the weights."""
    parser = argparse.ArgumentParser(description="Train the face check.")
    parser.add_argument("--faces", type=int, default=4000, help="training images (%(default)s)")
    parser.add_argument("--data", type=Path, default=DATA, help="data sets (%(default)s)")
    parser.add_argument("--yunet", type=Path, help="YuNet's file, a second detector to be fooled")
    parser.add_argument("--out", type=Path, default=WEIGHTS, help="weights (%(default)s)")
    options = parser.parse_args()
    cv2.setNumThreads(1)
    rng = np.random.default_rng(14)
    images = list(training_images(options.data, options.faces))
    detectors = list(open_detectors(options.yunet))
    heads = list(upright_heads(images, detectors[-1]))
    turned = images[: len(images) // 2]
    fooled = [head for each in detectors for head in fooled_heads(turned, each, rng)]
    print(f"{len(heads)} upright heads, {len(fooled)} turned ones taken for upright", flush=True)
    photometric = load_recipe("emotion").augmentation.photometric
    examples = build_examples(heads, fooled, photometric, rng)
    print(f"{len(examples.upright)} examples", flush=True)
    save(train(examples, TrainingRecipe()), options.out)


def training_images(data: Path, count: int) -> Iterator[Grey]:
    """Training images, three of FairFace for each one of UTKFace, mixed."""
    fairface = (r.image for r in zips.fairface(data / "fairface_rgb.zip") if r.split == TRAIN)
    utkface = (r.image for r in zips.utkface(data / "utkface_rgb.zip") if r.split == TRAIN)
    for _ in range(count // 4):
        yield from islice(fairface, 3)
        yield from islice(utkface, 1)


def open_detectors(yunet: Path | None) -> Iterator[Detector]:
    """The detectors whose mistakes the check should learn."""
    blazeface = blazeface_file()
    yield build_detector("blazeface", blazeface, None)
    if yunet:
        yield build_detector("yunet", blazeface, yunet)


if __name__ == "__main__":
    main()
