"""Import of libraries with native threads in a process that eventlet has patched.

`eventlet.monkey_patch()` makes locks, queues and threads green. These freeze the event loop or fail
with "Cannot switch to a different thread" when a native thread uses them. A library with its own
threads is imported while `sys.modules` contains the real modules. Afterwards the patched modules
are restored for all others.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

_GREEN = ("threading", "queue", "time")
_DEPENDENT = ("concurrent.futures", "concurrent.futures._base", "concurrent.futures.thread")


@contextmanager
def real_modules(*more: str) -> Iterator[None]:
    """Makes imports in this block find the unpatched modules. Does nothing in an unpatched process.

    Args:
        more: Standard library modules to import again as separate copies with real locks.
    """
    if not is_patched():
        yield
        return
    original = sys.modules["eventlet.patcher"].original
    names = (*_GREEN, *_DEPENDENT, *more)
    saved = {name: sys.modules.pop(name, None) for name in names}
    try:
        sys.modules.update({name: original(name) for name in _GREEN})
        yield
    finally:
        for name, module in saved.items():
            sys.modules.pop(name, None)
            if module is not None:
                sys.modules[name] = module


def is_patched() -> bool:
    """Whether eventlet has replaced native threads by green ones."""
    patcher = sys.modules.get("eventlet.patcher")
    return patcher is not None and bool(patcher.is_monkey_patched("thread"))
