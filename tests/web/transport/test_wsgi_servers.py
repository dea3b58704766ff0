"""Servers survive errors of connections and of the machine."""

from __future__ import annotations

import errno
import resource
import socket
import struct
import time
from pathlib import Path
from typing import Any

import pytest

from tests.support.app_process import AppProcess, Mode, running_app
from tests.web.raw_http import GET, ask, crowd
from web.http.certificate import make_certificate
from web.transport.accepting import PatientListener

RESETS = 100
FEW_FILES = 260
RESET_ON_CLOSE = struct.pack("ii", 1, 0)


@pytest.mark.parametrize("mode", ["eventlet", "threading", "gunicorn"])
def test_clients_that_reset_at_once_end_no_server(
    app: AppProcess, mode: Mode, tmp_path: Path
) -> None:
    certificate, key = make_certificate(tmp_path)
    settings = {
        "MIEN_HTTPS": "1",
        "MIEN_TLS_CERTIFICATE": str(certificate),
        "MIEN_TLS_KEY": str(key),
        "MIEN_MODEL_SERVER": app.model_server_target,
    }
    with running_app(mode, **settings) as secure:
        for _ in range(RESETS):
            with socket.create_connection(("127.0.0.1", secure.port)) as client:
                client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
        secure.await_status("/healthz")


def test_gunicorn_may_be_given_its_certificate_itself(app: AppProcess, tmp_path: Path) -> None:
    certificate, key = make_certificate(tmp_path)
    settings = {
        "MIEN_HTTPS": "1",
        "MIEN_MODEL_SERVER": app.model_server_target,
        "GUNICORN_CMD_ARGS": f"--certfile={certificate} --keyfile={key}",
    }
    with running_app("gunicorn", **settings) as secure:
        secure.await_status("/healthz")


@pytest.mark.parametrize("mode", ["eventlet", "gunicorn", "threading"])
def test_more_connections_than_files_lock_nobody_out(app: AppProcess, mode: Mode) -> None:
    settings = {"MIEN_MODEL_SERVER": app.model_server_target}
    with running_app(mode, ready=False, **settings) as process:
        family = [process.process, *process.process.children()]
        for each in family:  # After the start, so that the app did not know.
            each.rlimit(resource.RLIMIT_NOFILE, (FEW_FILES, FEW_FILES))
        with crowd(process.port, FEW_FILES + 100, GET):
            while max(each.num_fds() for each in family) < FEW_FILES - 1:
                pass
        assert ask(process.port).startswith(b"HTTP/1.1 200")


class Listener:
    """Accepts connections as the test says."""

    def __init__(self, *outcomes: OSError | str) -> None:
        self.outcomes = list(outcomes)

    def fileno(self) -> int:
        return 5 if self.outcomes else -1

    def accept(self) -> tuple[Any, Any]:
        outcome = self.outcomes.pop(0)
        if isinstance(outcome, OSError):
            raise outcome
        return outcome, None


def test_a_process_without_room_for_a_connection_accepts_the_next(
    caplog: pytest.LogCaptureFixture,
) -> None:
    full = OSError(errno.EMFILE, "Too many open files")
    pauses: list[float] = []
    listener = PatientListener(Listener(full, "connection"), pauses.append)
    assert listener.accept() == ("connection", None)
    assert len(pauses) == 1
    assert caplog.messages == ["No connection can be accepted now: Too many open files."]


def test_a_closed_listener_accepts_no_more() -> None:
    with pytest.raises(OSError, match="closed"):
        PatientListener(Listener(OSError(errno.EBADF, "closed")), time.sleep).accept()
