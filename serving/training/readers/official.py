"""Reads the data sets in the formats of their publishers."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from serving.training.faces import TEST, TRAIN, Record
from serving.training.readers.labels import (
    UTKFACE_GROUPS,
    VOTE_COLUMNS,
    age_range,
    conflicts,
    decode,
    digest,
    gender_code,
)

FER_SIDE = 48
_FER_SPLITS = {"Training": TRAIN, "PublicTest": TEST}
_UTKFACE_PARTS = 4  # Age, gender, race and date. A few files lack one and are left out.
_UTKFACE_TEST_SHARE = 16  # Of 256. UTKFace has no split, so the digest selects one in sixteen.


def ferplus(path: Path) -> Iterator[Record]:
    """Reads FER2013 (`fer2013.csv`) with the FER+ votes (`fer2013new.csv` next to it, row by row).

    PrivateTest is left out. It is reserved for evaluating finished models elsewhere.
    """
    with path.open(newline="") as pictures, path.with_name("fer2013new.csv").open() as votes:
        for face, vote in zip(csv.DictReader(pictures), csv.DictReader(votes), strict=True):
            if face["Usage"] in _FER_SPLITS:
                pixels = np.array(face["pixels"].split(), dtype=np.uint8)
                yield Record(
                    image=pixels.reshape(FER_SIDE, FER_SIDE),
                    split=_FER_SPLITS[face["Usage"]],
                    digest=digest(pixels.tobytes()),
                    votes=tuple(int(vote[name]) for name in VOTE_COLUMNS),
                )


def utkface(folder: Path) -> Iterator[Record]:
    """Reads the UTKFace folder. Labels are in the file names, `age_gender_race_date.jpg`."""
    files = [f for f in sorted(folder.glob("*.jpg")) if len(f.name.split("_")) == _UTKFACE_PARTS]
    digests = [digest(file.read_bytes()) for file in files]
    labels = [file.name.split("_")[:3] for file in files]
    twins = conflicts([(key, tuple(label)) for key, label in zip(digests, labels, strict=True)])
    for file, key, (age, gender, race), conflict in zip(files, digests, labels, twins, strict=True):
        if not conflict:
            yield Record(
                image=decode(file.read_bytes()),
                split=TEST if int(key[:2], 16) < _UTKFACE_TEST_SHARE else TRAIN,
                digest=key,
                ages=(int(age), int(age)),
                gender=1 - int(gender),  # UTKFace uses 0 for male.
                group=UTKFACE_GROUPS[int(race)],
            )


def fairface(folder: Path) -> Iterator[Record]:
    """Reads the FairFace folder and its `fairface_label_train.csv`, `fairface_label_val.csv`."""
    for name, split in (("train", TRAIN), ("val", TEST)):
        with (folder / f"fairface_label_{name}.csv").open(newline="") as text:
            for row in csv.DictReader(text):
                content = (folder / row["file"]).read_bytes()
                yield Record(
                    image=decode(content),
                    split=split,
                    digest=digest(content),
                    ages=age_range(row["age"]),
                    gender=gender_code(row["gender"]),
                    group=row["race"],
                )
