"""Images for a system and results from it are read back as they were written."""

from __future__ import annotations

from dataclasses import fields

import numpy as np

from benchmarks.peers.file_protocol import (
    AGE_GENDER,
    EMOTION,
    ImageSet,
    NetworkCost,
    Results,
    read_images,
    read_results,
    write_images,
    write_results,
)


def image_set(source, task, side):
    rng = np.random.default_rng(side)
    return ImageSet(
        source=source,
        input="whole",
        task=task,
        images=rng.integers(0, 256, (3, side, side), dtype=np.uint8),
        squares=rng.random((3, 4), dtype=np.float32),
    )


def test_images_of_several_sizes(tmp_path):
    sets = [image_set("ferplus", EMOTION, 4), image_set("utkface", AGE_GENDER, 7)]

    write_images(tmp_path, sets)

    for written, read in zip(sets, read_images(tmp_path), strict=True):
        for field in fields(ImageSet):
            np.testing.assert_equal(getattr(read, field.name), getattr(written, field.name))


def test_results(tmp_path):
    predictions = {"ferplus": {"whole": [{"emotion": "happy"}, {}]}}
    results = Results(predictions, [NetworkCost("emotion", 58_423, 0.87, 2.5)], 100.0)

    write_results(tmp_path / "results.json", results)

    assert read_results(tmp_path / "results.json") == results
