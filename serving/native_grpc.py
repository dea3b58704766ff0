"""Imports grpc so that it works in a process that eventlet has patched.

`eventlet.monkey_patch()` turns locks, queues and threads into green ones. grpc calls back from
threads of its own, where green locks either freeze the event loop or die with "Cannot switch to a
different thread". So grpc is imported once, while the real modules stand in `sys.modules`;
afterwards the patched ones return for everyone else. docs/decisions.md has the measurements.

Import grpc from here, before anything else imports it:

    from serving.native_grpc import grpc
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType

_GREEN = ("threading", "queue", "time")
_DEPENDENT = ("concurrent.futures", "concurrent.futures._base", "concurrent.futures.thread")
# grpc imports these only at the first channel or server, when the real modules are gone again.
_LATE = ("grpc", "grpc._channel", "grpc._server", "grpc._auth", "grpc._utilities")


def _is_patched() -> bool:
    patcher = sys.modules.get("eventlet.patcher")
    return patcher is not None and bool(patcher.is_monkey_patched("thread"))


@contextmanager
def _real_modules() -> Iterator[None]:
    """Puts the unpatched modules into `sys.modules` for a while."""
    original = sys.modules["eventlet.patcher"].original
    saved = {name: sys.modules.pop(name, None) for name in (*_GREEN, *_DEPENDENT)}
    try:
        sys.modules.update({name: original(name) for name in _GREEN})
        yield
    finally:
        for name, module in saved.items():
            sys.modules.pop(name, None)
            if module is not None:
                sys.modules[name] = module


def _import_grpc() -> ModuleType:
    if _is_patched() and "grpc" not in sys.modules:
        with _real_modules():
            for name in _LATE:
                importlib.import_module(name)
    return importlib.import_module("grpc")


grpc = _import_grpc()
