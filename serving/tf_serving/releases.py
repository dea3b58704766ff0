"""Which versions of a model TensorFlow Serving is to serve, and under which labels.

The newest version is the `canary`, the one before it is `stable`, and no others are served. Where
there is only one it bears both labels, so that an app which asks for a label is never refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from serving.contract import MODELS


class ReleaseError(ValueError):
    """There is no such version of a model; the message names both."""


@dataclass(frozen=True)
class Release:
    """The versions of a model that are served.

    Attributes:
        stable: Number of the version labelled `stable`.
        canary: Number of the version labelled `canary`; may be the same.
    """

    stable: int
    canary: int

    @property
    def versions(self) -> list[int]:
        """The numbers, each once, in ascending order."""
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
        models: Holds one folder per model, and in it one per version.
        stable: Version to label `stable`, for the models where it is not the one before the newest.
        canary: Version to label `canary`, for the models where it is not the newest.

    Raises:
        ReleaseError: A model has no version, or not the one that was asked for.
    """
    found = {name: _versions(models / name) for name in names}
    stable, canary = stable or {}, canary or {}
    for name, version in (*stable.items(), *canary.items()):
        if version not in found.get(name, ()):
            raise ReleaseError(f"there is no version {version} of a model {name!r}")
    return {
        name: Release(stable.get(name, versions[-2:][0]), canary.get(name, versions[-1]))
        for name, versions in found.items()
    }


def _versions(folder: Path) -> list[int]:
    """Numbers of the versions of a model, in ascending order; there is at least one."""
    files = folder.glob("*/saved_model.pb")
    versions = sorted(int(file.parent.name) for file in files if file.parent.name.isdecimal())
    if not versions:
        raise ReleaseError(f"there is no SavedModel in {folder}/VERSION/")
    return versions
