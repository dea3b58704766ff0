"""Import of grpc for a process that eventlet has patched.

grpc calls back from its own threads, where eventlet's green locks fail.
docs/explanation/decisions.md has the measurements.
Import grpc from here, before any other module imports it:

    from process.unpatched_grpc import grpc
"""

from __future__ import annotations

import importlib
import os
import sys
from types import ModuleType

from process.unpatched_modules import is_patched, real_modules

# The system's resolver reads the hosts file first. gRPC's resolver also asks a name server for more
# addresses of such names. That leaks the name, and a slow name server delays the channel.
os.environ.setdefault("GRPC_DNS_RESOLVER", "native")

# grpc imports these only with the first channel or server, when the modules are patched again.
_LATE = ("grpc", "grpc._channel", "grpc._server", "grpc._auth", "grpc._utilities")


def _import_grpc() -> ModuleType:
    """Imports grpc with real threads.

    Raises:
        ImportError: The process is patched, and another module has imported grpc before.
    """
    if "grpc" not in sys.modules:
        with real_modules():
            for name in _LATE:
                importlib.import_module(name)
    elif is_patched():
        # With green threads, a model server that hangs would slow down every client.
        raise ImportError(
            f"grpc was imported{_first_importer()} before process.unpatched_grpc, with eventlet's "
            "green threads. Import process.unpatched_grpc first.",
            name="grpc",
        )
    return importlib.import_module("grpc")


def _first_importer() -> str:
    """Names the first imported module that contains grpc."""
    grpc = sys.modules["grpc"]
    for name, module in list(sys.modules.items()):
        if not name.startswith("grpc.") and vars(module).get("grpc") is grpc:
            return f" by {name}"
    return ""


grpc = _import_grpc()
