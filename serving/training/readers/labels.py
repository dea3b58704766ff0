"""Labels of the data sets: columns, age groups, codes and digests."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence

import cv2
import numpy as np

from serving.training.faces import UNKNOWN, Grey

VOTE_COLUMNS = (
    "neutral",
    "happiness",
    "surprise",
    "sadness",
    "anger",
    "disgust",
    "fear",
    "contempt",
    "unknown",
    "NF",
)
"""Columns of fer2013new.csv (Barsoum et al., "Training Deep Networks for Facial Expression
Recognition with Crowd-Sourced Label Distribution", 2016)."""

OLDEST = 116
"""The highest age in UTKFace, and the last age of the age model."""

UTKFACE_GROUPS = ("White", "Black", "Asian", "Indian", "Other")
LARGEST_SIDE = 112
"""Larger images are scaled down to this many pixels: more than any model uses, but so few that all
data sets together take less than a gigabyte of memory."""

Row = Mapping[str, str]


def age_range(group: str) -> tuple[int, int]:
    """First and last age of a FairFace age group, such as `20-29` or `more than 70`."""
    if group.startswith("more than "):
        return int(group.removeprefix("more than ")), OLDEST
    first, last = group.split("-")
    return int(first), int(last)


def gender_code(text: str) -> int:
    """0 for female, 1 for male, in any letter case."""
    return {"female": 0, "male": 1}.get(text.lower(), UNKNOWN)


def digest(content: bytes) -> str:
    """Hash that identifies equal images, as long as the hashes in the shared zips."""
    return hashlib.sha1(content, usedforsecurity=False).hexdigest()[:12]


def conflicts(labels: Sequence[tuple[str, object]]) -> Iterator[bool]:
    """Yields for each `(digest, label)` whether the same image has another label elsewhere."""
    seen: dict[str, set[object]] = {}
    for key, label in labels:
        seen.setdefault(key, set()).add(label)
    return (len(seen[key]) > 1 for key, _ in labels)


def decode(content: bytes, largest: int = LARGEST_SIDE) -> Grey:
    """Decodes an image to grey, at most `largest` pixels wide and high.

    Raises:
        ValueError: The bytes are not an image.
    """
    buffer = np.frombuffer(content, np.uint8)
    image = cv2.imdecode(buffer, cv2.IMREAD_GRAYSCALE) if content else None
    if image is None:
        raise ValueError("not an image that OpenCV can read")
    height, width = image.shape
    shrink = max(height, width) / largest
    if shrink > 1:
        size = max(1, round(width / shrink)), max(1, round(height / shrink))
        image = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
    return np.asarray(image, dtype=np.uint8)
