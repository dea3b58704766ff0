"""What is written for a system, and what it writes, is read back the same."""

from __future__ import annotations

from dataclasses import fields

import numpy as np

from benchmarks.peers.file_protocol import (
    AGE_GENDER,
    EMOTION,
    Answers,
    Net,
    Pictures,
    read_answers,
    read_pictures,
    write_answers,
    write_pictures,
)


def pictures(source, asked, side):
    rng = np.random.default_rng(side)
    return Pictures(
        source=source,
        framing="whole",
        asked=asked,
        images=rng.integers(0, 256, (3, side, side), dtype=np.uint8),
        squares=rng.random((3, 4), dtype=np.float32),
    )


def test_pictures_of_several_sizes(tmp_path):
    sets = [pictures("ferplus", EMOTION, 4), pictures("utkface", AGE_GENDER, 7)]

    write_pictures(tmp_path, sets)

    for written, read in zip(sets, read_pictures(tmp_path), strict=True):
        for field in fields(Pictures):
            np.testing.assert_equal(getattr(read, field.name), getattr(written, field.name))


def test_answers(tmp_path):
    faces = {"ferplus": {"whole": [{"emotion": "happy"}, {}]}}
    answers = Answers(faces, [Net("emotion", 58_423, 0.87, 2.5)], 100.0)

    write_answers(tmp_path / "answers.json", answers)

    assert read_answers(tmp_path / "answers.json") == answers
