"""Which versions of which models are loaded, kept in step with the folders `NAME/VERSION/`.

The newest version that can be loaded is served, as by the `latest` policy of TensorFlow Serving.
A version is looked at again only when its files change, so a broken one costs nothing, and one
that is still being copied is taken up when it is complete. A loaded version is not reloaded: what
is new gets a new number.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from serving.protos import get_model_status_pb2
from serving.server.servable import Servable

_log = logging.getLogger(__name__)

_State = get_model_status_pb2.ModelVersionStatus
_Files = frozenset[tuple[str, int, int]]

_VERSION_LIMIT = 2**63
"""Version numbers travel as int64."""

Load = Callable[[str, int, Path], Servable]
"""Loads a version, given its model's name, its number and its folder."""


@dataclass(frozen=True)
class Version:
    """What became of one version.

    Attributes:
        number: The number of its folder.
        state: A `ModelVersionStatus.State`.
        files: Path, size and time of all its files when it was last looked at; None if they could
            not be.
        error: Why it could not be loaded, or empty.
        servable: The loaded version while it is available.
    """

    number: int
    state: _State.State
    files: _Files | None
    error: str = ""
    servable: Servable | None = None


class Repository:
    """The models of a folder. One thread polls; any number may read meanwhile."""

    def __init__(self, root: Path, load: Load, names: Collection[str] | None = None) -> None:
        """Looks at nothing yet.

        Args:
            root: Holds one folder per model, and in it one per version.
            load: Loads one version; whatever it raises, the version is refused.
            names: The models to serve; without them, all that have a folder.
        """
        self._root = root
        self._load = load
        self._names = names
        self._models: dict[str, dict[int, Version]] = {}
        self._seen: dict[Path, _Files] = {}
        self._troubles: dict[str, str] = {}

    @property
    def names(self) -> list[str]:
        """Names of the models that have, or had, a folder, and of those that should have one."""
        return sorted(self._models)

    def versions(self, name: str) -> Mapping[int, Version]:
        """Gives what is known of each version of a model, by number; empty for unknown models."""
        return self._models.get(name, {})

    def servable(self, name: str, version: int | None = None) -> Servable | None:
        """Finds a loaded version of a model, the newest if none is named."""
        versions = self.versions(name)
        for number in sorted(versions, reverse=True) if version is None else [version]:
            if number in versions and (servable := versions[number].servable):
                return servable
        return None

    def poll(self) -> None:
        """Loads what is new and unloads what has gone or is out of date.

        A version is loaded when two polls in a row saw the same files: a copy that still runs is
        left alone. A model whose folder cannot be read stays as it is and holds up no other.

        Raises:
            OSError: The folder of all models cannot be read.
        """
        folders = {path.name for path in self._root.iterdir() if _may_be_folder(path)}
        for name in sorted(folders | set(self._models) if self._names is None else self._names):
            self._models.setdefault(name, {})
            self._try_to_poll(name)

    def _try_to_poll(self, name: str) -> None:
        trouble = ""
        try:
            self._poll_model(name)
        except OSError as error:
            trouble = _reason(error)
        if trouble and trouble != self._troubles.get(name):  # each poll would say the same
            _log.error("model %s stays as it is: %s", name, trouble)
        self._troubles[name] = trouble

    def _poll_model(self, name: str) -> None:
        folders = _version_folders(self._root / name)
        for number in sorted(folders, reverse=True):
            if self._is_available(name, number, folders[number]):
                self._retire_all_but(number, name)
                return
        if not folders:  # else the last one goes on until another can take its place
            self._retire_all_but(None, name)

    def _is_available(self, name: str, number: int, folder: Path) -> bool:
        """Says whether a version is loaded, after an attempt to load it if its files are new."""
        known = self._models[name].get(number)
        if known and known.servable:
            return True
        try:
            files = _files(folder)
        except OSError as error:
            self._refuse(name, number, None, _reason(error))
            return False
        settled = self._seen.get(folder) == files
        self._seen[folder] = files
        if settled and (known is None or known.files != files):
            self._attempt(name, number, folder, files)
        return self.servable(name, number) is not None

    def _attempt(self, name: str, number: int, folder: Path, files: _Files) -> None:
        self._set(name, Version(number, _State.LOADING, files))
        try:
            servable = self._load(name, number, folder)
        except Exception as error:  # a broken folder must not harm the others, however it is broken
            self._refuse(name, number, files, str(error))
        else:
            _log.info("%s/%d loaded", name, number)
            self._set(name, Version(number, _State.AVAILABLE, files, servable=servable))

    def _refuse(self, name: str, number: int, files: _Files | None, reason: str) -> None:
        refused = Version(number, _State.END, files, error=reason)
        if self.versions(name).get(number) != refused:  # each poll may find the same
            _log.error("%s/%d refused: %s", name, number, reason)
            self._set(name, refused)

    def _retire_all_but(self, served: int | None, name: str) -> None:
        for version in self.versions(name).values():
            if version.servable and version.number != served:
                _log.info("%s/%d unloaded", name, version.number)
                self._set(name, Version(version.number, _State.END, frozenset()))

    def _set(self, name: str, version: Version) -> None:
        """Puts a new mapping in place of the old one, which readers may hold."""
        self._models[name] = self._models[name] | {version.number: version}


def _version_folders(folder: Path) -> dict[int, Path]:
    if not folder.is_dir():
        return {}
    paths = [path for path in folder.iterdir() if path.name.isdecimal() and _may_be_folder(path)]
    return {int(path.name): path for path in paths if int(path.name) < _VERSION_LIMIT}


def _may_be_folder(path: Path) -> bool:
    """Tells folders from the rest; where that cannot be told, the look inside will say why."""
    try:
        return path.is_dir()
    except OSError:
        return True


def _reason(error: OSError) -> str:
    """Words an error without Python's `[Errno 2]`."""
    if error.filename is None:
        return str(error)
    return f"{error.filename} cannot be read: {error.strerror}"


def _files(folder: Path) -> _Files:
    stats = [(str(path), path.stat()) for path in folder.rglob("*")]
    return frozenset((path, stat.st_size, stat.st_mtime_ns) for path, stat in stats)
