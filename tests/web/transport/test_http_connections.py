"""Idle and slow connections block no other client, and are closed."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from tests.web.raw_http import GET, ask, connect, crowd, exchange, is_open, read_all, trust_all
from web.http.certificate import make_certificate
from web.settings import ROOT

PAGE = b"GET / HTTP/1.1\r\nHost: localhost\r\n"
HELD = b"GET /held HTTP/1.1\r\nHost: localhost\r\n\r\n"
SESSION = b"GET /session HTTP/1.1\r\nHost: localhost\r\n\r\n"
BODY = b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\nx"
CROWDS = {
    "silence": b"",
    "half heads": b"GET / HTTP/1.1\r\nHost:",
    "dripping bodies": BODY,
    "kept alive": PAGE + b"\r\n",
    "responses that are not taken": HELD,
}
ROOM = {"total": 20, "per_address": 20, "probes": 4}


@contextmanager
def serving(mode: str, **limits: Any) -> Iterator[int]:
    """A server with small limits in a process of its own; gives its port."""
    command = [sys.executable, "-m", "tests.web.http_child", mode, json.dumps(ROOM | limits)]
    child = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    with child:
        try:
            assert child.stdout
            yield int(child.stdout.readline())
        finally:
            child.kill()


@pytest.fixture(params=["eventlet", "threading"])
def mode(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def certificate(tmp_path: Path) -> list[str]:
    return [str(file) for file in make_certificate(tmp_path)]


@pytest.mark.parametrize("kind", CROWDS)
def test_a_crowd_locks_no_newcomer_out(mode: str, kind: str) -> None:
    with serving(mode) as port, crowd(port, 60, CROWDS[kind]):
        for head in (PAGE, GET):
            assert ask(port, head).startswith(b"HTTP/1.1 200")


def test_half_handshakes_lock_no_newcomer_out(mode: str, certificate: list[str]) -> None:
    with serving(mode, tls=certificate) as port, crowd(port, 60, b"\x16\x03\x01\x02\x00"):
        assert ask(port, PAGE, trust_all()).startswith(b"HTTP/1.1 200")


def test_sessions_stay_and_a_newcomer_is_told_to_come_back(mode: str) -> None:
    with serving(mode) as port, crowd(port, 20, SESSION) as sessions:
        for session in sessions:
            assert session.recv(12) == b"HTTP/1.1 200"
        refused = ask(port, PAGE)
        assert refused.startswith(b"HTTP/1.1 503")
        assert b"\r\nRetry-After: 5\r\n" in refused
        assert refused.rstrip().endswith(b"Try again in a few seconds.")
        with crowd(port, 10, b"GET"):
            assert ask(port, GET).startswith(b"HTTP/1.1 200")
        assert all(is_open(session) for session in sessions)


def test_one_address_does_not_take_all_places(mode: str) -> None:
    with serving(mode, per_address=3) as port, crowd(port, 4, b"GET") as wires:
        assert read_all(wires[0]) == b""
        assert all(is_open(wire) for wire in wires[1:])


@pytest.mark.parametrize(
    ("deadline", "first"),
    [
        ("HEAD_SECONDS", b""),
        ("HEAD_SECONDS", b"GET / HTTP/1.1\r\nX: "),
        ("KEEP_ALIVE_SECONDS", PAGE + b"\r\n"),
        ("BODY_SECONDS", BODY),
    ],
)
def test_whoever_dawdles_is_let_go_however_much_comes(
    mode: str, deadline: str, first: bytes
) -> None:
    with serving(mode, **{deadline: 0.5}) as port, connect(port) as wire:
        wire.sendall(first)
        with suppress(OSError):
            while first and deadline != "KEEP_ALIVE_SECONDS":
                wire.sendall(b"x")
                time.sleep(0.02)
        assert read_all(wire).count(b"HTTP/1.1 ") == (deadline == "KEEP_ALIVE_SECONDS")


def test_a_handshake_that_does_not_end_is_let_go(mode: str, certificate: list[str]) -> None:
    with serving(mode, tls=certificate, HANDSHAKE_SECONDS=0.5) as port:
        assert exchange(port, b"\x16\x03\x01\x02\x00") == b""


def test_a_session_has_no_deadline(mode: str) -> None:
    seconds = {"HEAD_SECONDS": 0.2, "KEEP_ALIVE_SECONDS": 0.2, "BODY_SECONDS": 0.2}
    with serving(mode, **seconds) as port, crowd(port, 1, SESSION) as [session]:
        with connect(port) as silent:
            assert read_all(silent) == b""  # So at least one sweep is over.
        assert is_open(session)


def test_old_versions_and_cbc_suites_of_tls_are_off(mode: str, certificate: list[str]) -> None:
    weak = trust_all()
    weak.set_ciphers("ECDHE+AES128+SHA256:ECDHE+AES256+SHA384:!AESGCM:@SECLEVEL=0")
    weak.maximum_version = weak.maximum_version.TLSv1_2
    with serving(mode, tls=certificate) as port:
        with pytest.raises(OSError, match=r"(?i)handshake"):
            ask(port, PAGE, weak)
        strong = trust_all()
        strong.maximum_version = strong.maximum_version.TLSv1_2
        assert ask(port, PAGE, strong).startswith(b"HTTP/1.1 200")
