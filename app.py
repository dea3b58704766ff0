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

from web.application import build_app
from web.listen import open_socket, serve

logging.basicConfig(level=config.log_level, format="%(asctime)s %(levelname)s %(name)s %(message)s")
# Pillow would log from native threads, where eventlet's green locks do not work.
logging.getLogger("PIL").setLevel(logging.INFO)

try:
    listener = open_socket(config) if __name__ == "__main__" else None
    app, service = build_app(config)
except (OSError, ValueError) as error:
    sys.exit(f"Mien cannot start: {error}")

if listener is not None:
    serve(app, service, listener)
