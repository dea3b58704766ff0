"""Composition root of Mien: `python app.py`, or `gunicorn -k eventlet -w 1 app:app`."""

from __future__ import annotations

import os
import sys
from pathlib import Path

if os.environ.pop("PYTHONSAFEPATH", None) or sys.flags.safe_path:
    # Python then does not look for modules beside this file; nor would the model server's.
    sys.path.insert(0, str(Path(__file__).parent))

from web.processes.place import is_parent, read_place
from web.transport.green_threads import patch_standard_library

# The parent of several app processes imports nothing of the app.
if __name__ == "__main__" and is_parent(os.environ, sys.argv[1:]):
    from web.processes.parent import main as run_parent

    run_parent()

# The one variable that is read ahead of the settings, whose library must be imported later.
if __name__ == "__main__" and os.environ.get("MIEN_ASYNC_MODE") != "threading":
    patch_standard_library()

from flask import Flask

from process.immediate_exit import exit_immediately
from web.application import create_app
from web.observability.metrics_server import serve_metrics
from web.processes.member import serve_member
from web.processes.shares import share_settings
from web.server.listener import open_socket
from web.server.runtime import runtime_of
from web.server.serve import serve
from web.server.startup import fail_startup, prepare_process, settings_or_exit


def main() -> None:
    """Serves the app until the process is told to stop.

    A person who starts it sees warnings only, unless the log level is set.
    """
    os.environ.setdefault("MIEN_LOG_LEVEL", "WARNING")
    settings = settings_or_exit()
    place = read_place(sys.argv[1:])
    if place:
        settings = share_settings(settings, place)
    prepare_process(settings)
    try:
        listener = None if place else open_socket(settings.server)
        serve_metrics(settings)
        app = create_app(settings, place)
        runtime_of(app).start()
    except (OSError, ValueError) as error:
        fail_startup(error, settings.observability.log_format)
    if place:
        serve_member(app, place)
    elif listener:
        serve(app, listener)
    exit_immediately(0)


def __getattr__(name: str) -> Flask:
    """Builds `app` when a WSGI server such as gunicorn asks for `app:app`, and not before."""
    if name != "app":
        raise AttributeError(f"module 'app' has no attribute {name!r}")
    settings = settings_or_exit()
    prepare_process(settings)
    try:
        app = globals()["app"] = create_app(settings)
    except (OSError, ValueError) as error:
        fail_startup(error, settings.observability.log_format)
    return app


if __name__ == "__main__":
    main()
