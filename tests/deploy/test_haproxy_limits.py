"""The proxy of compose.yaml refuses requests, limits addresses and names the visitor."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import ExitStack
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.deploy.haproxy import ask, connect, is_turned_away, shipped_haproxy

FINE = "HTTP/1.0 200 "  # As Python's server says.
VISITOR, OTHER = "127.0.0.2", "127.0.0.3"


class Echo(BaseHTTPRequestHandler):
    """Answers with the request's own headers."""

    def do_GET(self) -> None:
        length = int(self.headers.get("Content-Length", 0))
        told = f"{self.path}\n{self.headers}{self.rfile.read(length).decode()}".encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(told)))
        self.end_headers()
        self.wfile.write(told)

    do_POST = do_GET  # noqa: N815

    def log_message(self, *_: object) -> None:
        """Writes nothing."""


@pytest.fixture(scope="module")
def echo() -> Iterator[int]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Echo)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_port
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def proxy(echo: int, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    with shipped_haproxy(echo, tmp_path_factory.mktemp("proxy")) as port:
        yield port


def test_the_app_gets_the_visitors_real_address_and_no_forged_headers(proxy: int) -> None:
    made_up = [
        "X-Forwarded-For: 6.6.6.6",
        "X_Forwarded_For: 6.6.6.6",
        "x-forwarded-host: evil.example",
        "X-Forwarded-Prefix: /evil",
        "Forwarded: for=6.6.6.6;host=evil.example",
    ]
    answer = ask(proxy, VISITOR, "GET /mien/ HTTP/1.1", *made_up).lower()
    assert "x-forwarded-for: 127.0.0.2" in answer
    assert "x-forwarded-proto: https" in answer
    assert "6.6.6.6" not in answer
    assert "evil" not in answer
    assert "/mien/\n" in answer  # A path below another is for the app: MIEN_BASE_PATH.


@pytest.mark.parametrize(
    ("lines", "status"),
    [
        (["POST / HTTP/1.1", "Transfer-Encoding: chunked"], 411),
        (["POST / HTTP/1.1", "Transfer-Encoding: xchunked", "Content-Length: 3"], 400),
        (["POST / HTTP/1.1", "Transfer-Encoding: gzip, chunked"], 422),
        (["POST / HTTP/1.1", "Content-Length: 3"], 200),
        (["GET / HTTP/1.1", "Upgrade: WebSocket", "Sec-WebSocket-Key1: 1 2"], 400),
        (["GET / HTTP/1.1", "Upgrade: websocket", "Sec-WebSocket-Version: 8"], 400),
    ],
)
def test_requests_that_no_client_sends_do_not_reach_the_app(
    proxy: int, lines: list[str], status: int
) -> None:
    answer = ask(proxy, VISITOR, *lines, body=b"0\r\n\r\n" if status != 200 else b"abc")
    assert answer.startswith(FINE if status == 200 else f"HTTP/1.1 {status} ")


def test_a_request_without_its_body_does_not_reach_the_app(echo: int, tmp_path: Path) -> None:
    soon = {"wait-for-body time 10s": "wait-for-body time 1s"}
    with shipped_haproxy(echo, tmp_path, soon) as port:
        answer = ask(port, VISITOR, "POST / HTTP/1.1", "Content-Length: 100", body=b"slow")
    assert answer.startswith("HTTP/1.1 408 ")


def test_incomplete_headers_close_the_connection(echo: int, tmp_path: Path) -> None:
    soon = {"timeout http-request 10s": "timeout http-request 1s"}
    with shipped_haproxy(echo, tmp_path, soon) as port, connect(port, VISITOR) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: local")
        assert connection.recv(100).startswith(b"HTTP/1.1 408 ")


def test_open_connections_are_limited_per_address(echo: int, tmp_path: Path) -> None:
    few = {"${CONNECTIONS_PER_ADDRESS-200}": "5"}
    with shipped_haproxy(echo, tmp_path, few) as port, ExitStack() as held:
        for _ in range(5):
            held.enter_context(connect(port, VISITOR))
        assert is_turned_away(port, VISITOR)
        assert ask(port, OTHER, "GET / HTTP/1.1").startswith(FINE)


def test_new_connections_are_rate_limited_per_address(echo: int, tmp_path: Path) -> None:
    rare = {"${CONNECTION_RATE_PER_ADDRESS-400}": "5"}
    with shipped_haproxy(echo, tmp_path, rare) as port:
        for _ in range(5):
            assert ask(port, VISITOR, "GET / HTTP/1.1").startswith(FINE)
        assert is_turned_away(port, VISITOR)
        assert ask(port, OTHER, "GET / HTTP/1.1").startswith(FINE)


def test_requests_are_rate_limited_per_address_with_retry_after(echo: int, tmp_path: Path) -> None:
    rare = {"${REQUESTS_PER_ADDRESS-6000}": "5"}
    with shipped_haproxy(echo, tmp_path, rare) as port:
        answers = [ask(port, VISITOR, "GET / HTTP/1.1") for _ in range(6)]
        assert answers[4].startswith(FINE)
        assert answers[5].startswith("HTTP/1.1 429 ")
        assert "retry-after: 10" in answers[5].lower()
        assert ask(port, OTHER, "GET / HTTP/1.1").startswith(FINE)


def test_without_an_app_the_proxy_sends_retry_after(tmp_path: Path) -> None:
    with shipped_haproxy(9, tmp_path) as port:
        answer = ask(port, VISITOR, "GET / HTTP/1.1")
    assert answer.startswith("HTTP/1.1 503 ")
    assert "retry-after: 5" in answer.lower()
