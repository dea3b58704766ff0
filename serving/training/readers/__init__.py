"""Reads the training data sets: the shared zips, or each set's official form."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from serving.training.faces import Record
from serving.training.readers import official, zips

Reader = Callable[[Path], Iterator[Record]]

# Per data set, what to look for in the data folder and how to read it; the first found is taken.
FORMS: dict[str, dict[str, Reader]] = {
    "ferplus": {"ferplus.zip": zips.ferplus, "fer2013.csv": official.ferplus},
    "utkface": {"utkface.zip": zips.utkface, "UTKFace": official.utkface},
    "fairface": {"fairface.zip": zips.fairface, "FairFace": official.fairface},
}


def read(data_set: str, folder: Path) -> Iterator[Record]:
    """Reads the pictures of a data set that are of use, in the order of its label file.

    Raises:
        FileNotFoundError: The folder holds the data set in no form that is known.
    """
    for name, reader in FORMS[data_set].items():
        if (folder / name).exists():
            return reader(folder / name)
    forms = " nor ".join(FORMS[data_set])
    raise FileNotFoundError(f"{folder} holds neither {forms}; docs/training.md names the sources")
