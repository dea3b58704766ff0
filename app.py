"""Mien's composition root: `python app.py`, or `gunicorn -k eventlet -w 1 app:app`."""

from __future__ import annotations

import os
import sys
import warnings

from web.config import ConfigError, read_config

try:
    config = read_config(os.environ)
except ConfigError as error:
    sys.exit(f"Mien cannot start: {error}")

if config.async_mode == "eventlet":
    # Before anything else is imported, since eventlet swaps what others import.
    warnings.filterwarnings("ignore", message="\nEventlet is deprecated")
    import eventlet

    eventlet.monkey_patch()

import logging

from serving.logs import configure_logging
from web.application import build_app
from web.listen import open_socket, serve
from web.metrics_server import serve_metrics

configure_logging(config.log_level, config.log_format)
# Pillow would log from native threads, where eventlet's green locks do not work.
logging.getLogger("PIL").setLevel(logging.INFO)

try:
    listener = open_socket(config) if __name__ == "__main__" else None
    serve_metrics(config)
    app, service = build_app(config)
except (OSError, ValueError) as error:
    print(f"Mien cannot start: {error}", file=sys.stderr)
    sys.exit(3)  # With any other code, gunicorn would start its worker again, without end.

if listener is not None:
    serve(app, service, listener)
