"""Place of an app process among those of one service, as its parent tells it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

OPTION = "--place"
APPS_PER_MODEL_SERVER = 2
"""An app takes 3 to 4 times as much processor time per frame as its model server, and 1.8 times
with faces that clients detect. Two busy apps leave a model server, which uses one core, in time."""


@dataclass(frozen=True)
class Place:
    """An app process among those of one service.

    Attributes:
        index: Its number, from 0.
        count: Number of app processes.
        inbox: Descriptor of the socket on which it receives connections.
        outboxes: Descriptors on which it sends connections to each process.
        address: Address of the service's port.
        folder: Private folder of the service.
    """

    index: int
    count: int
    inbox: int
    outboxes: tuple[int, ...]
    address: tuple[str, int]
    folder: str

    @property
    def owns_model_server(self) -> bool:
        """Whether it starts the model server of its group."""
        return self.index % APPS_PER_MODEL_SERVER == 0

    @property
    def model_socket(self) -> Path:
        """Socket of its group's model server."""
        return Path(self.folder) / f"m{self.index // APPS_PER_MODEL_SERVER}"

    @property
    def loads_file(self) -> Path:
        """File with the number of connections of each process."""
        return Path(self.folder) / "loads"

    def to_arguments(self) -> list[str]:
        """The arguments that tell a process its place."""
        return [OPTION, json.dumps(asdict(self))]


def read_place(arguments: Sequence[str]) -> Place | None:
    """Reads the place from a process's arguments; None if it is the only process."""
    if list(arguments[:1]) != [OPTION]:
        return None
    values = json.loads(arguments[1])
    values |= {name: tuple(values[name]) for name in ("outboxes", "address")}
    return Place(**values)


def is_parent(environment: Mapping[str, str], arguments: Sequence[str]) -> bool:
    """Whether this process is to be the parent of several. It is asked before the settings."""
    wanted = environment.get("MIEN_PROCESSES", "")
    return wanted not in {"", "1"} and list(arguments[:1]) != [OPTION]
