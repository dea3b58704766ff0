"""The shipped HAProxy configuration, adapted to one machine."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from benchmarks.attack.haproxy import SHIPPED, local_configuration
from web.http.certificate import make_certificate


def test_ports_certificate_and_server_are_this_machines(tmp_path: Path) -> None:
    text = local_configuration(SHIPPED.read_text(), 8443, 8080, 5000, tmp_path / "proxy.pem")
    assert f"bind 127.0.0.1:8443 ssl crt {tmp_path / 'proxy.pem'} alpn" in text
    assert "server app 127.0.0.1:5000" in text
    assert "bind 127.0.0.1:8080\n" in text
    assert "bind :" not in text
    assert "server-template" not in text


@pytest.mark.skipif(shutil.which("haproxy") is None, reason="HAProxy is not installed")
def test_haproxy_accepts_it(tmp_path: Path) -> None:
    certificate = tmp_path / "proxy.pem"
    certificate.write_bytes(b"".join(file.read_bytes() for file in make_certificate(tmp_path)))
    configuration = tmp_path / "haproxy.cfg"
    configuration.write_text(
        local_configuration(SHIPPED.read_text(), 8443, 8080, 5000, certificate)
    )
    subprocess.run(
        ["haproxy", "-c", "-f", str(configuration)],
        env={**os.environ, "HTTPS_PORT": "8443"},
        check=True,
        capture_output=True,
    )


def test_a_configuration_without_the_lines_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="0 lines"):
        local_configuration("global\n", 8443, 8080, 5000, tmp_path / "proxy.pem")
