"""Reads the training data sets: the shared zips, each set's official form, or own pictures."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from serving.training.faces import Record
from serving.training.readers import folders, official, zips

Reader = Callable[[Path], Iterator[Record]]

# Per data set, what to look for in the data folder and how to read it; the first found is taken.
FORMS: dict[str, dict[str, Reader]] = {
    "ferplus": {"ferplus.zip": zips.ferplus, "fer2013.csv": official.ferplus},
    "utkface": {"utkface.zip": zips.utkface, "UTKFace": official.utkface},
    "fairface": {"fairface.zip": zips.fairface, "FairFace": official.fairface},
}


def read(data_set: str, folder: Path) -> Iterator[Record]:
    """Reads the pictures of a data set that are of use, in the order of its label file.

    What is none of the known data sets is a folder of that name, with a folder per label.

    Raises:
        FileNotFoundError: The folder holds the data set in no form that is known.
    """
    forms = FORMS.get(data_set, {data_set: folders.labelled})
    for name, reader in forms.items():
        if (folder / name).exists():
            return reader(folder / name)
    raise FileNotFoundError(f"{folder} holds no {' nor '.join(forms)}; see docs/how-to/training.md")
