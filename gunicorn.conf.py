"""Gunicorn's settings for Mien. `gunicorn app:app` reads them from this folder."""

from __future__ import annotations

import os
import signal
import sys
from typing import Any, NoReturn

from web.transport.green_threads import patch_standard_library

# Gunicorn patches when it loads its worker, which is too late for the imports below.
patch_standard_library()

from process.descriptors import raise_limit
from process.immediate_exit import exit_immediately
from telemetry.logs import build_formatter
from web.server.startup import fail_startup, settings_or_exit

# Gunicorn would answer every request without this prefix with an error, probes included.
if _prefix := os.environ.pop("SCRIPT_NAME", ""):
    os.environ.setdefault("MIEN_BASE_PATH", _prefix)
_settings = settings_or_exit()
_server = _settings.server
_host = f"[{_server.bind_host}]" if ":" in _server.bind_host else _server.bind_host
bind = f"{_host}:{_server.port}"
# Sessions live in this process. Several processes would need a proxy with sticky sessions.
workers = 1
worker_class = "eventlet"
graceful_timeout = 5
# Unused, and its socket cannot be created on a read-only file system.
control_socket_disable = True
# Gunicorn logs in the app's format.
logconfig_dict = {
    "formatters": {
        "mien": {
            "()": build_formatter,
            "log_format": _settings.observability.log_format,
            "secrets": [_settings.access.access_token],
        }
    },
    "filters": {"limit": {"()": "telemetry.log_limits.RepeatLimit"}},
    "handlers": {
        "stderr": {
            "class": "logging.StreamHandler",
            "formatter": "mien",
            "filters": ["limit"],
        }
    },
    "root": {"level": _settings.observability.log_level, "handlers": ["stderr"]},
    # Only the root has a handler, so that each line is written once.
    "loggers": {"gunicorn.error": {"propagate": True}},
}
certfile = str(_server.tls_certificate) if _server.tls_certificate else None
keyfile = str(_server.tls_key) if _server.tls_key else None


def on_starting(server: Any) -> None:
    """Refuses options that would lose sessions, freeze clients or serve HTTP instead of HTTPS."""
    if server.cfg.workers != 1 or server.cfg.preload_app:
        _refuse("gunicorn must run one worker, without --preload.")
    if server.cfg.worker_class_str != "eventlet" or _server.async_mode != "eventlet":
        _refuse("gunicorn needs the eventlet worker, -k eventlet, and MIEN_ASYNC_MODE=eventlet.")
    if _server.processes != 1:
        _refuse("MIEN_PROCESSES is for `make run` and `mien serve`. Under gunicorn, remove it.")
    if _server.https and not server.cfg.is_ssl:
        _refuse(
            "under gunicorn MIEN_HTTPS needs MIEN_TLS_CERTIFICATE and MIEN_TLS_KEY, or --certfile."
        )
    raise_limit()


def _refuse(reason: object) -> NoReturn:
    fail_startup(reason, _settings.observability.log_format)


def post_worker_init(worker: Any) -> None:
    """Starts the app, serves it with Mien's own HTTP server, and closes its sessions on stop."""
    import eventlet

    from web.observability.metrics_server import OLD_WORKER_SECONDS, serve_metrics
    from web.server.connection_limits import admit_clients
    from web.server.runtime import runtime_of
    from web.transport.gunicorn_worker import adopt_worker

    runtime = runtime_of(worker.wsgi)
    try:
        serve_metrics(_settings, wait_seconds=OLD_WORKER_SECONDS)
        runtime.start()
    except (OSError, ValueError) as error:
        _refuse(error)

    def stop(number: int, frame: Any) -> None:
        eventlet.spawn(runtime.close)
        worker.handle_exit(number, frame)

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGHUP, stop)  # Sent by a closed terminal; the master starts a new worker.
    adopt_worker(worker, admit_clients(_settings))


def worker_exit(_server: Any, worker: Any) -> None:
    """Exits a worker despite its native threads, with the exit code that gunicorn chose."""
    if worker.pid == os.getpid():  # Gunicorn calls it in the master, too.
        exit_immediately(getattr(sys.exception(), "code", 0) or 0)
