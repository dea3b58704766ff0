"""A real HAProxy on loopback, with the configuration that Mien ships."""

from __future__ import annotations

import os
import re
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.app_process import free_port, get_status
from web.http.certificate import make_certificate
from web.settings import ROOT

SHIPPED = ROOT / "deploy" / "proxy" / "haproxy.cfg"
START_SECONDS = 20.0


def local_configuration(
    shipped: str, port: int, plain_port: int, app_port: int, certificate: Path
) -> str:
    """Adapts the shipped configuration to this machine: ports, certificate and server.

    Args:
        shipped: Text of `deploy/proxy/haproxy.cfg`.
        port: TCP port for TLS on 127.0.0.1.
        plain_port: TCP port without TLS, which redirects to `port`.
        app_port: The app's TCP port on 127.0.0.1.
        certificate: PEM file with certificate and key.

    Raises:
        ValueError: A line to replace is missing in the shipped text.
    """
    text = _replace(
        r"bind :8443 ssl crt \S+", f"bind 127.0.0.1:{port} ssl crt {certificate}", shipped
    )
    text = _replace(r"bind :8080.*", f"bind 127.0.0.1:{plain_port}", text)
    return _replace(r"server-template app .*", f"server app 127.0.0.1:{app_port}", text)


def _replace(pattern: str, new: str, text: str) -> str:
    result, count = re.subn(pattern, lambda _: new, text)
    if count != 1:
        raise ValueError(f"The configuration has {count} lines that match {pattern!r}, not one.")
    return result


@contextmanager
def running_haproxy(folder: Path, app_port: int) -> Iterator[int]:
    """Starts HAProxy in front of an app; yields its TLS port.

    Raises:
        FileNotFoundError: HAProxy is not installed.
        TimeoutError: It does not reach the app.
    """
    port = free_port()
    certificate = folder / "proxy.pem"
    certificate.write_bytes(b"".join(file.read_bytes() for file in make_certificate(folder)))
    configuration = folder / "haproxy.cfg"
    shipped = SHIPPED.read_text(encoding="utf-8")
    configuration.write_text(local_configuration(shipped, port, free_port(), app_port, certificate))
    with subprocess.Popen(
        ["haproxy", "-db", "-q", "-f", str(configuration)],
        env={**os.environ, "HTTPS_PORT": str(port)},
    ) as process:
        try:
            _await(port, process)
            yield port
        finally:
            process.terminate()


def _await(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while get_status(f"https://127.0.0.1:{port}/healthz") != 200:
        if process.poll() is not None or time.monotonic() > deadline:
            raise TimeoutError("HAProxy does not reach the app.")
        time.sleep(0.1)
