"""Imports grpc so that it works in a process that eventlet has patched.

grpc calls back from threads of its own, where eventlet's green locks fail. docs/decisions.md has
the measurements. Import grpc from here, before anything else imports it:

    from serving.native_grpc import grpc
"""

from __future__ import annotations

import importlib
import sys
from types import ModuleType

from serving.native_modules import real_modules

# grpc imports these only at the first channel or server, when the real modules are gone again.
_LATE = ("grpc", "grpc._channel", "grpc._server", "grpc._auth", "grpc._utilities")


def _import_grpc() -> ModuleType:
    if "grpc" not in sys.modules:
        with real_modules():
            for name in _LATE:
                importlib.import_module(name)
    return importlib.import_module("grpc")


grpc = _import_grpc()
