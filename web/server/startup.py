"""Start of a process: settings, log and limits, and the end of a start that failed."""

from __future__ import annotations

import logging
import sys
from typing import NoReturn

from process.descriptors import raise_limit
from telemetry.logs import configure_logging, print_line
from web.settings import Settings, SettingsError, load_settings

EXIT_CODE = 3
"""Gunicorn gives up at this code. At any other it would restart its worker forever."""


def settings_or_exit() -> Settings:
    """Reads the settings of this process, or ends it with what is wrong."""
    try:
        return load_settings()
    except SettingsError as error:
        fail_startup(error, error.log_format)


def prepare_process(settings: Settings) -> None:
    """Sets up the log and the limit of open files."""
    shown, secrets = settings.observability, [settings.access.access_token]
    configure_logging(shown.log_level, shown.log_format, secrets)
    # Pillow would log from native threads, where eventlet's green locks do not work.
    logging.getLogger("PIL").setLevel(logging.INFO)
    raise_limit()


def fail_startup(error: object, log_format: str) -> NoReturn:
    """Prints one sentence that says why, and ends the process.

    Args:
        error: The reason; its text is the sentence.
        log_format: One of `telemetry.options.LOG_FORMATS`.
    """
    print_line(f"Mien cannot start: {error}", log_format, sys.__stderr__)
    sys.exit(EXIT_CODE)
