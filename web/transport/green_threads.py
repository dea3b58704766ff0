"""Eventlet's patch of the standard library, which turns blocking calls into green ones.

It must come before almost every other import: eventlet walks through all modules to replace locks,
and pydantic's models cannot be walked through.
"""

from __future__ import annotations

import os
import warnings


def patch_standard_library() -> None:
    """Applies eventlet's monkey patch. Doing so twice is harmless.

    Gunicorn does the same when it loads its eventlet worker.

    Eventlet's resolver of names is left out: it takes 12 MiB, and the app looks up names only when
    it opens its ports. gRPC has a resolver of its own.
    """
    os.environ.setdefault("EVENTLET_NO_GREENDNS", "yes")
    warnings.filterwarnings("ignore", message="\nEventlet is deprecated")
    import eventlet

    eventlet.monkey_patch()
