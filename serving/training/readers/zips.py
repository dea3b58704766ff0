"""Reads the shared zips of small images, each with a `labels.csv`."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from serving.training.faces import TEST, TRAIN, Record
from serving.training.readers.labels import (
    UTKFACE_GROUPS,
    VOTE_COLUMNS,
    Row,
    age_range,
    decode,
    gender_code,
)

Labels = dict[str, Any]
"""Label fields of a `Record`."""

_TRAIN_SPLITS = {"Training", "train"}


def ferplus(path: Path) -> Iterator[Record]:
    """Reads FER2013 faces with the FER+ votes."""
    return _read(path, _ferplus_labels)


def utkface(path: Path) -> Iterator[Record]:
    """Reads UTKFace, without files whose duplicate has another label."""
    return _read(path, _utkface_labels)


def fairface(path: Path) -> Iterator[Record]:
    """Reads FairFace, whose ages are groups."""
    return _read(path, _fairface_labels)


def _read(path: Path, labels: Callable[[Row], Labels | None]) -> Iterator[Record]:
    with ZipFile(path) as archive:
        text = io.TextIOWrapper(archive.open("labels.csv"), encoding="utf-8")
        for row in csv.DictReader(text):
            found = labels(row)
            if found is not None:
                split = TRAIN if row["split"] in _TRAIN_SPLITS else TEST
                image = decode(archive.read(row["file"]))
                yield Record(image=image, split=split, digest=row["sha1"], **found)


def _ferplus_labels(row: Row) -> Labels:
    return {"votes": tuple(int(row[f"votes_{name.lower()}"]) for name in VOTE_COLUMNS)}


def _utkface_labels(row: Row) -> Labels | None:
    if row["label_conflict"] == "1":
        return None
    age = int(row["age"])
    return {
        "ages": (age, age),
        "gender": gender_code(row["gender"]),
        "group": UTKFACE_GROUPS[int(row["race"])],
    }


def _fairface_labels(row: Row) -> Labels:
    return {
        "ages": age_range(row["age_group"]),
        "gender": gender_code(row["gender"]),
        "group": row["race"],
    }
