"""Reads the pictures of a custom model: one folder per label, named after it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from serving.training.faces import TEST, TRAIN, Grey, Record
from serving.training.readers.labels import conflicts, decode, digest

SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".webp"})
LARGEST_PHOTO = 1280
"""Larger photos are scaled down to this many pixels. A usable face is still large in them."""

_TEST_SHARE = 51  # of 256: the digests choose one picture in five


def read_labelled(folder: Path) -> Iterator[Record]:
    """Reads the pictures `LABEL/*`, without those that have two labels.

    Raises:
        ValueError: There are no pictures, or a file is not a picture. The message names it.
    """
    files = [f for f in sorted(folder.glob("*/[!.]*")) if f.suffix.lower() in SUFFIXES]
    if not files:
        raise ValueError(f"{folder} has no pictures. Make one folder of pictures for each label.")
    digests = [digest(file.read_bytes()) for file in files]
    twins = conflicts([(key, f.parent.name) for key, f in zip(digests, files, strict=True)])
    for file, key, conflict in zip(files, digests, twins, strict=True):
        if not conflict:
            yield Record(
                image=_picture(file),
                split=TEST if int(key[:2], 16) < _TEST_SHARE else TRAIN,
                digest=key,
                label=file.parent.name,
            )


def _picture(file: Path) -> Grey:
    try:
        return decode(file.read_bytes(), LARGEST_PHOTO)
    except ValueError as error:
        raise ValueError(f"{file}: {error}") from error
