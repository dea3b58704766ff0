"""Requests that are refused before they reach the app, under each server."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.support.app_process import AppProcess, running_app
from tests.web.raw_http import GET, ask, connect, exchange, read_all

POST = b"POST /socket.io/?EIO=4&transport=polling&sid=x HTTP/1.1\r\nHost: localhost\r\n"
SECOND = GET + b"\r\n"
TOKEN = b"s3cret"
MOST_CHUNKS = 5000
"""Thousands of them, 30 MB: more than the buffers of the kernel hold."""
SIZES = {b"Cookie": 12 * 1024, b"X-Large": 60 * 1024}


class Logged(NamedTuple):
    app: AppProcess
    log: Path


@pytest.fixture(scope="module", params=["eventlet", "gunicorn", "threading"])
def logged(
    request: pytest.FixtureRequest, app: AppProcess, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Logged]:
    """An app whose log can be read."""
    path = tmp_path_factory.mktemp("requests") / "log"
    settings = {"MIEN_MODEL_SERVER": app.model_server_target}
    with path.open("w") as log, running_app(request.param, log=log, **settings) as process:
        yield Logged(process, path)


def statuses(response: bytes) -> list[int]:
    return [int(part[:3]) for part in response.split(b"HTTP/1.1 ")[1:]]


REFUSED = {
    "chunked": (POST + b"Transfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n", 501),
    "an unknown coding": (POST + b"Transfer-Encoding: xchunked\r\n\r\n", 501),
    "a coding beside a length": (
        POST + b"Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
        501,
    ),
    "a coding before a space": (POST + b"Transfer-Encoding : chunked\r\n\r\n", 400),
    "a folded header": (POST + b"X: y\r\n Content-Length: 5\r\n\r\n", 400),
    "a header without a colon": (GET + b"nonsense\r\n\r\n", 400),
    "a carriage return in a header": (GET + b"X: y\rContent-Length: 5\r\n\r\n", 400),
    "two lengths": (POST + b"Content-Length: 0\r\nContent-Length: 5\r\n\r\n", 400),
    "a negative length": (POST + b"Content-Length: -1\r\n\r\n", 400),
    "a signed length": (POST + b"Content-Length: +1\r\n\r\n", 400),
    "a length in words": (POST + b"Content-Length: one\r\n\r\n", 400),
    "a length without end": (POST + b"Content-Length: " + 5000 * b"9" + b"\r\n\r\n", 400),
    "a huge length": (POST + b"Content-Length: 999999999999\r\n\r\n", 413),
    "two hosts": (GET + b"Host: other\r\n\r\n", 400),
    "no request line": (b"\x16\x03\x01\x02\x00\r\n", 400),
    "HTTP/0.9": (b"GET /healthz\r\n", 400),
    "another version": (b"GET / HTTP/3.0\r\n\r\n", 505),
    "a space in the address": (b"GET /a b HTTP/1.1\r\n\r\n", 400),
    "a long address": (b"GET /" + 9000 * b"a" + b" HTTP/1.1\r\n\r\n", 414),
    "many headers": (GET + 101 * b"X: y\r\n" + b"\r\n", 431),
    "large headers": (GET + b"Cookie: " + 70_000 * b"c" + b"\r\n\r\n", 431),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_what_follows_a_refused_request_is_not_read(any_app: AppProcess, kind: str) -> None:
    request, status = REFUSED[kind]
    response = exchange(any_app.port, request + SECOND)
    assert statuses(response) == [status]
    assert response.rstrip().endswith(b".")


def test_a_body_in_small_chunks_is_not_read_on(any_app: AppProcess) -> None:
    with connect(any_app.port) as wire:
        wire.sendall(POST + b"Transfer-Encoding: chunked\r\n\r\n")
        with pytest.raises(ConnectionError):
            for _ in range(MOST_CHUNKS):
                wire.sendall(1000 * b"1\r\nx\r\n")


@pytest.mark.parametrize("head", [POST, POST.replace(b"/socket.io", b"/elsewhere")])
def test_a_body_that_nobody_reads_ends_its_connection(any_app: AppProcess, head: bytes) -> None:
    body = SECOND * 100
    response = exchange(any_app.port, head + b"Content-Length: %d\r\n\r\n" % len(body) + body)
    assert len(statuses(response)) == 1
    assert b"\r\nConnection: close" in response


def test_requests_one_after_another_get_responses(any_app: AppProcess) -> None:
    response = exchange(any_app.port, SECOND + GET + b"Connection: close\r\n\r\n")
    assert set(statuses(response)) == {200}


@pytest.mark.parametrize("name", SIZES)
def test_large_headers_of_other_apps_are_no_trouble(any_app: AppProcess, name: bytes) -> None:
    header = name + b": " + SIZES[name] * b"c" + b"\r\n"
    assert statuses(ask(any_app.port, GET.replace(b"/healthz", b"/") + header)) == [200]


def test_malformed_requests_neither_fill_the_log_nor_show_a_token(logged: Logged) -> None:
    before = logged.log.read_bytes().count(b"\n")
    ask(logged.app.port, b"GET /?token=" + TOKEN + b" HTTP/1.1\r\nHost: localhost\r\n")
    for _ in range(300):
        exchange(logged.app.port, b"GET /?token=" + TOKEN + b" \x00 nonsense\r\n\r\n")
        exchange(logged.app.port, b"GET /?token=" + TOKEN + b" HTTP/1.1\r\nCookie: \x00\r\n\r\n")
    text = logged.log.read_bytes()
    assert text.count(b"\n") - before < 60
    assert TOKEN not in text
    assert b"400 Bad Request" in text


def test_a_request_in_single_bytes_gets_a_response(any_app: AppProcess) -> None:
    with connect(any_app.port) as wire:
        wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for byte in GET + b"Connection: close\r\n\r\n":
            wire.sendall(bytes([byte]))
        assert statuses(read_all(wire)) == [200]


def test_an_old_client_gets_a_whole_response_without_chunks(any_app: AppProcess) -> None:
    path = b"/socket.io/?EIO=4&transport=polling"
    response = exchange(any_app.port, b"GET " + path + b" HTTP/1.0\r\nHost: localhost\r\n\r\n")
    head, _, body = response.partition(b"\r\n\r\n")
    assert b"chunked" not in head
    assert body.startswith(b'0{"sid"')


def test_no_header_names_the_software(any_app: AppProcess) -> None:
    head = ask(any_app.port).partition(b"\r\n\r\n")[0].lower()
    assert b"server:" not in head
    assert b"date:" in head
