"""Repository: loads and unloads model versions as the folders `NAME/VERSION/` change.

The newest version that can be loaded is served, like with the `latest` policy of TensorFlow
Serving. A version is tried again only when its files change, so a broken one costs nothing, and one
that is still being copied is loaded when it is complete. A loaded version is not reloaded; new
files need a new version number.
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
"""Version numbers are int64 in messages."""

Load = Callable[[str, int, Path], Servable]
"""Loads a version, given the model's name, the version number and the folder."""


@dataclass(frozen=True)
class Version:
    """State of one version.

    Attributes:
        number: Version number, the name of its folder.
        state: A `ModelVersionStatus.State`.
        files: Path, size and time of all its files at the last check; None if they could not be
            read.
        error: Why it could not be loaded, or empty.
        servable: The loaded version while it is available.
    """

    number: int
    state: _State.State
    files: _Files | None
    error: str = ""
    servable: Servable | None = None


class Repository:
    """The models of a folder. One thread polls, while any number of threads read.

    Args:
        root: Folder of one folder per model, which contain one folder per version.
        load: Loads one version; if it raises an error, the version is refused.
        names: The models to serve; by default all that have a folder.
    """

    def __init__(self, root: Path, load: Load, names: Collection[str] | None = None) -> None:
        self._root = root
        self._load = load
        self._names = names
        self._models: dict[str, dict[int, Version]] = {}
        self._last_files: dict[Path, _Files] = {}
        self._poll_errors: dict[str, str] = {}

    @property
    def names(self) -> list[str]:
        """Names of the models to serve, and of those that have or had a folder."""
        return sorted(self._models)

    def versions(self, name: str) -> Mapping[int, Version]:
        """State of each version of a model by number; empty for an unknown model."""
        return self._models.get(name, {})

    def servable(self, name: str, version: int | None = None) -> Servable | None:
        """Finds a loaded version of a model; by default the newest."""
        versions = self.versions(name)
        for number in sorted(versions, reverse=True) if version is None else [version]:
            if number in versions and (servable := versions[number].servable):
                return servable
        return None

    def poll(self) -> None:
        """Loads new versions, and unloads deleted and outdated ones.

        A version is loaded when two polls in a row find the same files, so that it is not loaded
        while it is being copied. A model whose folder cannot be read does not change, and does not
        affect the others.

        Raises:
            OSError: The folder of all models cannot be read.
        """
        folders = {path.name for path in self._root.iterdir() if _may_be_folder(path)}
        for name in sorted(folders | set(self._models) if self._names is None else self._names):
            self._models.setdefault(name, {})
            self._try_to_poll(name)

    def _try_to_poll(self, name: str) -> None:
        reason = ""
        try:
            self._poll_model(name)
        except OSError as error:
            reason = _reason(error)
        if reason and reason != self._poll_errors.get(name):  # Not again with each poll.
            _log.error("Cannot update model %s: %s", name, reason)
        self._poll_errors[name] = reason

    def _poll_model(self, name: str) -> None:
        folders = _version_folders(self._root / name)
        for number in sorted(folders, reverse=True):
            if self._is_available(name, number, folders[number]):
                self._retire_all_but(number, name)
                return
        if not folders:  # Otherwise the last version is served until another one replaces it.
            self._retire_all_but(None, name)

    def _is_available(self, name: str, number: int, folder: Path) -> bool:
        """Whether a version is loaded, after an attempt to load it if its files are new."""
        known = self._models[name].get(number)
        if known and known.servable:
            return True
        try:
            files = _files(folder)
        except OSError as error:
            self._refuse(name, number, None, _reason(error))
            return False
        settled = self._last_files.get(folder) == files
        self._last_files[folder] = files
        if settled and (known is None or known.files != files):
            self._try_to_load(name, number, folder, files)
        return self.servable(name, number) is not None

    def _try_to_load(self, name: str, number: int, folder: Path, files: _Files) -> None:
        self._set(name, Version(number, _State.LOADING, files))
        try:
            servable = self._load(name, number, folder)
        except Exception as error:  # A broken folder must not affect the others.
            self._refuse(name, number, files, str(error))
        else:
            _log.info("%s/%d loaded", name, number)
            self._set(name, Version(number, _State.AVAILABLE, files, servable=servable))

    def _refuse(self, name: str, number: int, files: _Files | None, reason: str) -> None:
        refused = Version(number, _State.END, files, error=reason)
        if self.versions(name).get(number) != refused:  # Not again with each poll.
            _log.error("%s/%d refused: %s", name, number, reason)
            self._set(name, refused)

    def _retire_all_but(self, served: int | None, name: str) -> None:
        for version in self.versions(name).values():
            if version.servable and version.number != served:
                _log.info("%s/%d unloaded", name, version.number)
                self._set(name, Version(version.number, _State.END, frozenset()))

    def _set(self, name: str, version: Version) -> None:
        """Replaces the mapping instead of changing it, because readers may use the old one."""
        self._models[name] = self._models[name] | {version.number: version}


def _version_folders(folder: Path) -> dict[int, Path]:
    if not folder.is_dir():
        return {}
    paths = [path for path in folder.iterdir() if path.name.isdecimal() and _may_be_folder(path)]
    return {int(path.name): path for path in paths if int(path.name) < _VERSION_LIMIT}


def _may_be_folder(path: Path) -> bool:
    """Whether a path is a folder; true if that is unknown, because reading it reports the error."""
    try:
        return path.is_dir()
    except OSError:
        return True


def _reason(error: OSError) -> str:
    """Describes an error without Python's `[Errno 2]`."""
    if error.filename is None:
        return str(error)
    return f"{error.filename} cannot be read: {error.strerror}"


def _files(folder: Path) -> _Files:
    stats = [(str(path), path.stat()) for path in folder.rglob("*")]
    return frozenset((path, stat.st_size, stat.st_mtime_ns) for path, stat in stats)
