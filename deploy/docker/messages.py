"""Takes the generated protobuf modules out of wheels, and nothing of TensorFlow's runtime.

python messages.py FOLDER WHEEL...
"""

from __future__ import annotations

import sys
from pathlib import Path
from zipfile import ZipFile

_SUFFIXES = ("_pb2.py", "_pb2_grpc.py")


def take_messages(folder: Path, wheel: Path) -> list[str]:
    """Unpacks the modules of one wheel and returns their names.

    No `__init__.py` comes with them: the packages become namespace packages, whose import runs
    nothing.
    """
    with ZipFile(wheel) as archive:
        names = [name for name in archive.namelist() if name.endswith(_SUFFIXES)]
        archive.extractall(folder, names)
    return names


if __name__ == "__main__":
    for path in sys.argv[2:]:
        print(path, len(take_messages(Path(sys.argv[1]), Path(path))), "modules")
