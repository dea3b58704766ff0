"""People for made-up scenes: those of the webcam clips, and still faces of the data sets."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import islice
from pathlib import Path

import cv2
import numpy as np

from benchmarks.detection.reference import FACE_SCORE, reference_faces
from benchmarks.tuning.clips import back_and_forth
from face_utils.boxes import FloatArray
from face_utils.detection import Image
from serving.training.run_dir import DATA

CLIPS = DATA.parent / "clips"
CLIP_RATE = 30
PORTRAIT_SCALE = 2
_BORDER = 64


@dataclass(frozen=True, eq=False)
class Person:
    """A person in front of a camera, for any length of time.

    Attributes:
        images: The images, 30 per second, played back and forth.
        boxes: `(n, 4)` the face in each image, from forehead to chin.
        start: Number of the first image.
        light: Factors of blue, green and red.
    """

    images: Sequence[Image]
    boxes: FloatArray
    start: int = 0
    light: tuple[float, float, float] | None = None

    def at(self, time: float) -> tuple[Image, FloatArray]:
        """The image at a time in seconds, and the box of the face in it."""
        number = back_and_forth(self.start + round(time * CLIP_RATE), len(self.images))
        image = self.images[number]
        if self.light:
            image = np.asarray(cv2.multiply(image, (*self.light, 1.0)), np.uint8)
        return image, self.boxes[number]

    def mirrored(self) -> Person:
        """The same person in a mirror."""
        boxes = self.boxes.copy()
        boxes[:, 0] = self.images[0].shape[1] - boxes[:, 0] - boxes[:, 2]
        return Person([np.ascontiguousarray(image[:, ::-1]) for image in self.images], boxes)


@lru_cache
def clip_people(folder: Path = CLIPS) -> tuple[Person, ...]:
    """The person of each clip, and then their mirror images.

    Raises:
        FileNotFoundError: There are no clips.
    """
    people = [_read_clip(path) for path in sorted(folder.glob("*.mkv"))]
    if not people:
        raise FileNotFoundError(f"No clips (*.mkv) in {folder}. Name a folder with --clips.")
    return (*people, *(person.mirrored() for person in people))


def _read_clip(path: Path) -> Person:
    video = cv2.VideoCapture(str(path))
    images = []
    while (frame := video.read())[0]:
        images.append(np.asarray(frame[1], np.uint8))
    boxes = [_largest(faces) for faces in reference_faces(images, scales=(1.0,))]
    return Person(images, _smooth(np.stack(boxes)))


def _smooth(boxes: FloatArray) -> FloatArray:
    """The boxes without the detector's tremor: means over five frames."""
    padded = np.pad(boxes, ((2, 2), (0, 0)), mode="edge")
    means = np.mean([padded[i : i + len(boxes)] for i in range(5)], axis=0)
    return np.asarray(means, np.float32)


def _largest(faces: FloatArray) -> FloatArray:
    return np.asarray(max(faces[:, :4], key=lambda face: float(face[3])), np.float32)


Labels = Mapping[str, str]
"""A row of `labels.csv`."""


def read_faces(source: str, race: str = "", data: Path = DATA) -> Iterator[tuple[Labels, Image]]:
    """Yields the validation faces of a data set in an order that is always the same.

    Args:
        source: Name of the data set.
        race: Group of the data set, as its labels name it; empty: all.
        data: Folder of the data sets.
    """
    with zipfile.ZipFile(data / f"{source}.zip") as archive:
        table = csv.DictReader(io.StringIO(archive.read("labels.csv").decode()))
        held_out = [row for row in table if row["split"] in ("val", "PublicTest")]
        rows = [row for row in held_out if race in ("", row.get("race"))]
        for number in np.random.default_rng(0).permutation(len(rows)):
            image = np.frombuffer(archive.read(rows[number]["file"]), np.uint8)
            yield rows[number], np.asarray(cv2.imdecode(image, cv2.IMREAD_COLOR), np.uint8)


def portrait(image: Image) -> Image:
    """A picture of a face, enlarged, with a blurred continuation around it."""
    large = cv2.resize(
        image, None, fx=PORTRAIT_SCALE, fy=PORTRAIT_SCALE, interpolation=cv2.INTER_CUBIC
    )
    wide = cv2.copyMakeBorder(large, _BORDER, _BORDER, _BORDER, _BORDER, cv2.BORDER_REPLICATE)
    blurred = cv2.GaussianBlur(wide, (0, 0), 20)
    inner = slice(_BORDER, -_BORDER)
    blurred[inner, inner] = large
    return np.asarray(blurred, np.uint8)


@lru_cache
def still_people(count: int, race: str = "") -> tuple[Person, ...]:
    """The first people of UTKFace, or of one of its groups, who look into the camera."""
    faces = islice(read_faces("utkface_rgb", race), 2 * count)
    images = [portrait(image) for _, image in faces]
    people = []
    for image, found in zip(images, reference_faces(images, scales=(1.0,)), strict=True):
        clear = found[found[:, 4] >= FACE_SCORE]
        if len(clear) == 1:
            people.append(Person([image], clear[:, :4]))
    return tuple(people[:count])


def crowd(count: int) -> list[Person]:
    """People of the clips, each at another place of the clip and in another light."""
    people, rng = clip_people(), np.random.default_rng(1)
    lights = rng.uniform(0.7, 1.15, (count, 1)) * rng.uniform(0.92, 1.08, (count, 3))
    return [
        replace(people[i % len(people)], start=11 * i, light=(float(b), float(g), float(r)))
        for i, (b, g, r) in enumerate(lights)
    ]
