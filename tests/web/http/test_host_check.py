"""The service accepts requests only for its own host names."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from tests.support.app_process import AppProcess, running_app
from tests.web.wsgi_request import fine, request, status_of
from web.http.host_check import HostCheck
from web.settings.access import AccessSettings

OPEN = AccessSettings(
    allowed_hosts=("mien.example",), allowed_origins=("https://friend.example:8443",)
)


@pytest.mark.parametrize(
    "host",
    [
        "localhost:5000",
        "mien.localhost",
        "127.0.0.1:5000",
        "[::1]:5000",
        "192.168.1.2",
        "app:5000",
        "kiosk.local",
        "MIEN.example:443",
        "mien.example.",
        "friend.example",
        "",
    ],
)
def test_own_and_local_names_are_accepted(host: str) -> None:
    assert status_of(HostCheck(fine, OPEN), request(HTTP_HOST=host)) == "200 OK"


@pytest.mark.parametrize(
    "host",
    ["evil.example", "mien.example.evil.example", "evil.example:5000", "127.0.0.1.evil.example",
     "xmien.example", "localhost:x", "local host", "localhost@evil.example", ","],
)  # fmt: skip
def test_other_names_are_refused(host: str) -> None:
    assert status_of(HostCheck(fine, OPEN), request(HTTP_HOST=host)).startswith("421 ")


@pytest.mark.parametrize(
    "access", [AccessSettings(allowed_hosts=("*",)), AccessSettings(allowed_origins=("*",))]
)
def test_a_star_allows_every_name(access: AccessSettings) -> None:
    assert status_of(HostCheck(fine, access), request(HTTP_HOST="any.example")) == "200 OK"


def exchange_with(app: AppProcess, request_line: str, *headers: str) -> tuple[str, str]:
    """Response of a server: head and body."""
    lines = [request_line, *headers, "Connection: close", "", ""]
    with socket.create_connection(("127.0.0.1", app.port), timeout=20) as connection:
        connection.sendall("\r\n".join(lines).encode())
        with connection.makefile("rb") as stream:
            if request_line.startswith("GET /socket.io/?EIO=4&transport=websocket"):
                return stream.readline().decode(), ""
            head, _, body = stream.read().decode().partition("\r\n\r\n")
    return head, body


UPGRADE = ("Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13",
           "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==")  # fmt: skip


def test_a_rebound_name_reaches_neither_page_nor_polling_nor_websocket(any_app: AppProcess) -> None:
    evil = "Host: evil.example"
    head, body = exchange_with(any_app, "GET / HTTP/1.1", evil)
    assert " 421 " in head.splitlines()[0]
    assert "MIEN_ALLOWED_HOSTS" in body
    polling = "GET /socket.io/?EIO=4&transport=polling HTTP/1.1"
    assert " 421 " in exchange_with(any_app, polling, evil, "Origin: http://evil.example")[0]
    websocket = "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1"
    assert " 421 " in exchange_with(any_app, websocket, evil, *UPGRADE)[0]
    assert " 101 " in exchange_with(any_app, websocket, "Host: localhost", *UPGRADE)[0]


def test_a_forwarding_header_of_an_untrusted_client_changes_nothing(any_app: AppProcess) -> None:
    polling = "GET /socket.io/?EIO=4&transport=polling HTTP/1.1"
    said = ("X-Forwarded-Host: evil.example", "X-Forwarded-Proto: https")
    for origin in ("http://evil.example", "https://evil.example", "https://localhost"):
        head, _ = exchange_with(any_app, polling, "Host: localhost", *said, f"Origin: {origin}")
        assert " 400 " in head.splitlines()[0]


@pytest.fixture(scope="module", params=["eventlet", "gunicorn"])
def proxied_app(request: pytest.FixtureRequest) -> Iterator[AppProcess]:
    settings = {"MIEN_TRUSTED_PROXIES": "127.0.0.1", "MIEN_ALLOWED_HOSTS": "mien.example"}
    with running_app(
        request.param, ready=False, MIEN_MODEL_SERVER="127.0.0.1:9", **settings
    ) as app:
        yield app


def test_behind_a_trusted_proxy_the_public_name_and_origin_count(proxied_app: AppProcess) -> None:
    polling = "GET /socket.io/?EIO=4&transport=polling HTTP/1.1"
    said = ("X-Forwarded-Host: mien.example", "X-Forwarded-Proto: https")
    head, _ = exchange_with(
        proxied_app, polling, "Host: app", *said, "Origin: https://mien.example"
    )
    assert " 200 " in head.splitlines()[0]
    assert "Strict-Transport-Security: max-age=31536000" in head
    assert "connect-src 'self' wss://mien.example;" in head
    rebound = ("X-Forwarded-Host: evil.example",)
    assert " 421 " in exchange_with(proxied_app, polling, "Host: app", *rebound)[0]
