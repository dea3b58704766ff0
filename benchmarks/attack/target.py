"""Services to attack: `app.py`, gunicorn, and gunicorn behind HAProxy."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.attack.attacks.requests import SECRET
from benchmarks.attack.endpoint import Endpoint
from benchmarks.attack.haproxy import running_haproxy
from tests.support.app_process import AppProcess, Mode, running_app
from web.http.certificate import make_certificate

MODES: dict[str, Mode] = {"app.py": "eventlet", "gunicorn": "gunicorn", "haproxy": "gunicorn"}
"""Name of a server -> mode of the app."""
TOKEN = "token-of-the-benchmark"
SETTINGS = {
    "MIEN_ACCESS_TOKEN": TOKEN,
    "MIEN_LOG_LEVEL": "INFO",
    # The neighbour must stay connected for the whole run.
    "MIEN_SESSION_MAX_SECONDS": "3600",
}
BEHIND_PROXY = {"MIEN_TRUSTED_PROXIES": "127.0.0.1"}


@dataclass(frozen=True)
class Target:
    """A running service.

    Attributes:
        app: Its app.
        port: Port for clients on 127.0.0.1.
        tls: Whether that port uses TLS.
        log: File with the app's standard error.
    """

    app: AppProcess
    port: int
    tls: bool
    log: Path

    def endpoint(self, source: str) -> Endpoint:
        """Connection parameters of a client with an address."""
        return Endpoint(self.port, source, self.tls, TOKEN, self.app.process.pid)

    def log_bytes(self) -> int:
        """Size of the log."""
        return self.log.stat().st_size

    def leaks_tokens(self, start: int) -> bool:
        """Whether the log contains a token after an offset."""
        with self.log.open("rb") as file:
            file.seek(start)
            text = file.read()
        return SECRET.encode() in text or TOKEN.encode() in text

    def stop_seconds(self) -> float:
        """Ends the app with SIGTERM; returns the duration in seconds."""
        start = time.monotonic()
        with suppress(subprocess.TimeoutExpired):  # It has been killed by then.
            self.app.stop()
        return time.monotonic() - start


@contextmanager
def running_target(server: str, settings: Mapping[str, str], *, tls: bool) -> Iterator[Target]:
    """Starts a service and ends it.

    Args:
        server: A name of `MODES`.
        settings: Additional `MIEN_` variables.
        tls: Whether the app itself uses TLS; HAProxy always does.
    """
    behind_proxy = server == "haproxy"
    settings = {**SETTINGS, **(BEHIND_PROXY if behind_proxy else {}), **settings}
    with TemporaryDirectory() as name, (Path(name) / "log").open("wb") as log:
        folder = Path(name)
        if tls and not behind_proxy:
            settings |= _tls_settings(folder)
        with running_app(MODES[server], log=log, **settings) as app:  # type: ignore[arg-type]
            if not behind_proxy:
                yield Target(app, app.port, tls, folder / "log")
                return
            with running_haproxy(folder, app.port) as port:
                yield Target(app, port, True, folder / "log")


def _tls_settings(folder: Path) -> dict[str, str]:
    certificate, key = make_certificate(folder)
    return {
        "MIEN_HTTPS": "1",
        "MIEN_HOST": "127.0.0.1",
        "MIEN_TLS_CERTIFICATE": str(certificate),
        "MIEN_TLS_KEY": str(key),
    }
