"""Mien's composition root: `python app.py`, or `gunicorn -k eventlet -w 1 app:app`."""

from __future__ import annotations

import os
import sys
import warnings
from pathlib import Path

if os.environ.pop("PYTHONSAFEPATH", None) or sys.flags.safe_path:
    # Python then does not look for modules beside this file; nor would the model server's.
    sys.path.insert(0, str(Path(__file__).parent))

from web.config import ConfigError, read_config
from web.startup import fail_startup

try:
    config = read_config(os.environ)
except ConfigError as error:
    fail_startup(error)

if config.async_mode == "eventlet":
    # Before anything else is imported, since eventlet swaps what others import.
    warnings.filterwarnings("ignore", message="\nEventlet is deprecated")
    import eventlet

    eventlet.monkey_patch()

import logging

from serving.leave import leave
from telemetry.logs import configure_logging
from web.application import build_app
from web.metrics_server import OLD_WORKER_SECONDS, serve_metrics
from web.serve import open_socket, serve
from web.transport.descriptors import raise_limit

configure_logging(config.log_level, config.log_format, [config.access_token])
# Pillow would log from native threads, where eventlet's green locks do not work.
logging.getLogger("PIL").setLevel(logging.INFO)

raise_limit()
try:
    listener = open_socket(config) if __name__ == "__main__" else None
    serve_metrics(config, wait_seconds=0 if listener else OLD_WORKER_SECONDS)
    app, service = build_app(config)
except (OSError, ValueError) as error:
    fail_startup(error)

if listener is not None:
    serve(app, service, listener)
    leave(0)
