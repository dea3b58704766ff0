"""Made-up faces with the labels that a test asks for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from benchmarks.peers.scores import EMOTIONS
from serving.training.faces import TEST, VOTES, Faces, Record

SIDE = 20


def _record(row: int, label: dict[str, Any]) -> Record:
    image = np.full((SIDE, SIDE), row, np.uint8)
    return Record(image=image, split=TEST, digest=f"{row:012x}", **label)


@pytest.fixture
def make_faces() -> Callable[..., Faces]:
    """Builds faces of a data set from their labels; picture i is of grey value i."""

    def make(source: str, labels: list[dict[str, Any]]) -> Faces:
        records = [_record(row, label) for row, label in enumerate(labels)]
        squares = np.tile(np.float32([SIDE / 2, SIDE / 2, SIDE / 2, 0]), (len(records), 1))
        return Faces.build(source, records, squares)

    return make


@pytest.fixture
def feeling(make_faces) -> Callable[..., Faces]:
    """Builds FER+ faces whose annotators all agree."""

    def make(*names: str) -> Faces:
        votes = [tuple(10 * (i == EMOTIONS.index(name)) for i in range(VOTES)) for name in names]
        return make_faces("ferplus", [{"votes": vote} for vote in votes])

    return make
