"""Readers of the training data: shared zips, official formats and folders of pictures."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from serving.training.faces import Record
from serving.training.readers import folders, official, zips

Reader = Callable[[Path], Iterator[Record]]

# Per data set, the file or folder to look for and its reader. The first that exists is read.
FORMS: dict[str, dict[str, Reader]] = {
    "ferplus": {"ferplus.zip": zips.ferplus, "fer2013.csv": official.ferplus},
    "utkface": {"utkface.zip": zips.utkface, "UTKFace": official.utkface},
    "fairface": {"fairface.zip": zips.fairface, "FairFace": official.fairface},
}


def read(data_set: str, folder: Path) -> Iterator[Record]:
    """Reads the usable images of a data set, in the order of its label file.

    An unknown name is a folder of that name with one folder per label.

    Raises:
        FileNotFoundError: The data set is not in the folder in any known format.
    """
    forms = FORMS.get(data_set, {data_set: folders.read_labelled})
    for name, reader in forms.items():
        if (folder / name).exists():
            return reader(folder / name)
    names = " or ".join(forms)
    raise FileNotFoundError(f"No {names} in {folder}. See docs/how-to/training.md.")
