from __future__ import annotations

from collections.abc import Callable
from typing import cast
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from tests.support.app_process import AppProcess
from tests.web.wsgi_request import fine, headers_of, request
from web.http.security import SecurityHeaders, build_origin_check, is_authorized
from web.settings.access import AccessSettings

OWN = request(HTTP_HOST="mien.example:5000")
OWN_TLS = request(HTTP_HOST="mien.example:443", **{"wsgi.url_scheme": "https"})


def test_without_a_token_everyone_may_connect() -> None:
    assert is_authorized(AccessSettings(), None, "")


@pytest.mark.parametrize(
    ("auth", "header", "expected"),
    [
        ({"token": "secret"}, "", True),
        (None, "Bearer secret", True),
        ({"token": "guess"}, "Bearer secret", False),
        ({"token": None}, "", False),
        ({"token": "\ud800"}, "", False),
        ("secret", "", False),
        ([], "Bearer guess", False),
    ],
)
def test_the_token_counts_wherever_it_stands(auth: object, header: str, expected: bool) -> None:
    assert is_authorized(AccessSettings(access_token="secret"), auth, header) is expected


def test_a_star_lets_every_origin_connect() -> None:
    assert build_origin_check(AccessSettings(allowed_origins=("*",))) == "*"


@pytest.mark.parametrize(
    ("origin", "environ", "expected"),
    [
        ("https://friend.example", OWN, True),
        ("http://mien.example:5000", OWN, True),
        ("https://mien.example", OWN_TLS, True),
        ("https://mien.example:443", OWN_TLS, True),
        ("https://mien.example", request(HTTP_HOST="mien.example"), False),
        ("http://mien.example", OWN_TLS, False),
        ("https://mien.example:5000", OWN, False),
        ("https://friend.example.evil.example", OWN, False),
        ("null", OWN, False),
        (None, OWN, False),
    ],
)
@pytest.mark.parametrize("setting", ["https://friend.example", "https://Friend.example:443"])
def test_allowed_origins_stand_beside_the_own_one(
    origin: str | None, environ: dict[str, str], expected: bool, setting: str
) -> None:
    check = build_origin_check(AccessSettings(allowed_origins=(setting,)))
    assert cast(Callable[..., bool], check)(origin, environ) is expected


@pytest.mark.parametrize(
    ("host", "scheme", "sources"),
    [
        ("mien.example:5000", "http", "'self' ws://mien.example:5000"),
        ("mien.example", "https", "'self' wss://mien.example"),
        ("[::1]:5000", "http", "'self'"),
        ("a; script-src *", "http", "'self'"),
        ("", "http", "'self'"),
    ],
)
def test_a_page_may_connect_to_its_own_host_alone(host: str, scheme: str, sources: str) -> None:
    environ = request(HTTP_HOST=host, **{"wsgi.url_scheme": scheme})
    policy = headers_of(SecurityHeaders(fine), environ)["Content-Security-Policy"]
    assert f"connect-src {sources};" in policy


@pytest.mark.parametrize(
    ("host", "scheme", "expected"),
    [
        ("mien.example", "https", "max-age=31536000"),
        ("127.0.0.1:5000", "https", "max-age=31536000"),
        ("mien.example", "http", None),
        ("localhost:5000", "https", None),
    ],
)
def test_a_public_name_is_bound_to_https(host: str, scheme: str, expected: str | None) -> None:
    environ = request(HTTP_HOST=host, **{"wsgi.url_scheme": scheme})
    headers = headers_of(SecurityHeaders(fine), environ)
    assert headers.get("Strict-Transport-Security") == expected


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/"),
        ("GET", "/static/js/start.js"),
        ("GET", "/static/nothing"),
        ("GET", "/healthz"),
        ("POST", "/"),
        ("GET", "/socket.io/?EIO=4&transport=polling"),
        ("GET", "/socket.io/?EIO=4&transport=polling&sid=none"),
        ("GET", "/socket.io/?EIO=4&transport=websocket"),
    ],
)
def test_every_response_has_the_security_headers(
    any_app: AppProcess, method: str, path: str
) -> None:
    try:
        headers = urlopen(Request(any_app.url + path, method=method), timeout=20).headers
    except HTTPError as error:
        headers = error.headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "default-src 'self'" in headers["Content-Security-Policy"]
    assert len(headers.get_all("Content-Security-Policy")) == 1
