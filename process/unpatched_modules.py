"""Imports a library so that it works with real threads in a process that eventlet has patched.

`eventlet.monkey_patch()` turns locks, queues and threads into green ones, which freeze the event
loop or die with "Cannot switch to a different thread" when a real thread uses them. A library with
threads of its own is imported while the real modules stand in `sys.modules`; afterwards the patched
ones return for everyone else.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

_GREEN = ("threading", "queue", "time")
_DEPENDENT = ("concurrent.futures", "concurrent.futures._base", "concurrent.futures.thread")


@contextmanager
def real_modules(*more: str) -> Iterator[None]:
    """Lets what is imported in this block find the unpatched modules; no matter if none is patched.

    Args:
        more: Modules of the standard library that it gets copies of, with real locks in them.
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
    """Whether eventlet has put green threads in the place of the real ones."""
    patcher = sys.modules.get("eventlet.patcher")
    return patcher is not None and bool(patcher.is_monkey_patched("thread"))
