"""Generates the Python modules of the `.proto` files: `make generate`.

Needs grpcio-tools. The generated modules are committed, so that neither set-up nor the images need
a compiler. tests/serving/protos/test_generated.py fails when they are stale.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).parent
ROOT = FOLDER.parents[1]


def generate(root: Path) -> None:
    """Writes a `_pb2.py` and a `_pb2.pyi` per `.proto` file into `root/serving/protos`.

    The files are named from the repository's root, because protobuf keeps one list of file names
    per process, and the generated modules import each other by these names.
    """
    names = [path.relative_to(ROOT).as_posix() for path in sorted(FOLDER.glob("*.proto"))]
    compiler = [sys.executable, "-m", "grpc_tools.protoc", "--proto_path=."]
    command = [*compiler, f"--python_out={root}", f"--pyi_out={root}", *names]
    subprocess.run(command, cwd=ROOT, check=True)


if __name__ == "__main__":
    generate(ROOT)
