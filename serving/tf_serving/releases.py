"""Versions of a model that TensorFlow Serving serves, with their labels.

The newest version is labelled `canary` and the one before it `stable`. No others are served. A
single version has both labels, so that an app that requests a label always gets a version.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from serving.contract import MODELS


class ReleaseError(ValueError):
    """A version of a model does not exist; the message names both."""


@dataclass(frozen=True)
class Release:
    """The versions of a model that are served.

    Attributes:
        stable: Number of the version labelled `stable`.
        canary: Number of the version labelled `canary`; it may be the same.
    """

    stable: int
    canary: int

    @property
    def versions(self) -> list[int]:
        """The distinct numbers in ascending order."""
        return sorted({self.stable, self.canary})


def find_releases(
    names: Iterable[str],
    models: Path = MODELS,
    stable: Mapping[str, int] | None = None,
    canary: Mapping[str, int] | None = None,
) -> dict[str, Release]:
    """Finds the versions to serve of each model.

    Args:
        names: The models.
        models: Folder of one folder per model, which contain one folder per version.
        stable: Version to label `stable`, for models where it is not the one before the newest.
        canary: Version to label `canary`, for models where it is not the newest.

    Raises:
        ReleaseError: A model has no version, or not the requested one.
    """
    found = {name: _versions(models / name) for name in names}
    stable, canary = stable or {}, canary or {}
    for name, version in (*stable.items(), *canary.items()):
        if version not in found.get(name, ()):
            raise ReleaseError(f"The model {name!r} has no version {version}.")
    return {
        name: Release(stable.get(name, versions[-2:][0]), canary.get(name, versions[-1]))
        for name, versions in found.items()
    }


def _versions(folder: Path) -> list[int]:
    """Numbers of the versions of a model in ascending order; at least one."""
    files = folder.glob("*/saved_model.pb")
    versions = sorted(int(file.parent.name) for file in files if file.parent.name.isdecimal())
    if not versions:
        raise ReleaseError(f"{folder} contains no folder VERSION/ with a SavedModel.")
    return versions
