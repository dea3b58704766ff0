"""Mien's composition root: `python app.py`, or `gunicorn -k eventlet -w 1 app:app`."""

from __future__ import annotations

import os
import sys
from pathlib import Path

if os.environ.pop("PYTHONSAFEPATH", None) or sys.flags.safe_path:
    # Python then does not look for modules beside this file; nor would the model server's.
    sys.path.insert(0, str(Path(__file__).parent))

from web.transport.green_threads import patch_standard_library

# The one variable that is read ahead of the settings, whose library must be imported later.
if os.environ.get("MIEN_ASYNC_MODE") != "threading":
    patch_standard_library()

import logging

from serving.leave import leave
from telemetry.logs import configure_logging
from web.application import build_app
from web.metrics_server import OLD_WORKER_SECONDS, serve_metrics
from web.serve import open_socket, serve
from web.settings import SettingsError, load_settings
from web.startup import fail_startup
from web.transport.descriptors import raise_limit

try:
    settings = load_settings()
except SettingsError as error:
    fail_startup(error, error.log_format)

shown, secrets = settings.observability, [settings.access.access_token]
configure_logging(shown.log_level, shown.log_format, secrets)
# Pillow would log from native threads, where eventlet's green locks do not work.
logging.getLogger("PIL").setLevel(logging.INFO)

raise_limit()
try:
    listener = open_socket(settings.server) if __name__ == "__main__" else None
    serve_metrics(settings, wait_seconds=0 if listener else OLD_WORKER_SECONDS)
    app, service = build_app(settings)
except (OSError, ValueError) as error:
    fail_startup(error, shown.log_format)

if listener is not None:
    serve(app, service, listener)
    leave(0)
