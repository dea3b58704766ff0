"""Gunicorn with the app's own HTTP: TLS, and closing of connections at a stop."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.app_process import STOP_TIMEOUT_SECONDS, AppProcess, running_app
from tests.web.raw_http import GET, ask, crowd, trust_all
from web.http.certificate import make_certificate

ANSWERED = b"HTTP/1.1 200"


def test_gunicorn_speaks_no_cbc_and_a_half_handshake_holds_nobody_up(
    app: AppProcess, tmp_path: Path
) -> None:
    certificate, key = make_certificate(tmp_path)
    settings = {
        "MIEN_HTTPS": "1",
        "MIEN_TLS_CERTIFICATE": str(certificate),
        "MIEN_TLS_KEY": str(key),
        "MIEN_MODEL_SERVER": app.model_server_target,
    }
    weak, strong = trust_all(), trust_all()
    weak.maximum_version = strong.maximum_version = weak.maximum_version.TLSv1_2
    weak.set_ciphers("ECDHE+AES128+SHA256:ECDHE+AES256+SHA384:!AESGCM:@SECLEVEL=0")
    with (
        running_app("gunicorn", ready=False, **settings) as secure,
        crowd(secure.port, 20, b"\x16\x03\x01\x02\x00"),
    ):
        assert ask(secure.port, tls=strong).startswith(ANSWERED)
        with pytest.raises(OSError, match=r"(?i)handshake"):
            ask(secure.port, tls=weak)


def test_connections_that_wait_do_not_delay_the_end(app: AppProcess) -> None:
    settings = {
        "MIEN_MODEL_SERVER": app.model_server_target,
        "GUNICORN_CMD_ARGS": f"--graceful-timeout={2 * STOP_TIMEOUT_SECONDS}",
    }
    with (
        running_app("gunicorn", ready=False, **settings) as process,
        crowd(process.port, 5, GET),
        crowd(process.port, 5, GET + b"\r\n"),
    ):
        assert ask(process.port).startswith(ANSWERED)
        process.process.terminate()
        process.process.wait(STOP_TIMEOUT_SECONDS)
