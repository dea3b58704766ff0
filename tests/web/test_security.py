from __future__ import annotations

from collections.abc import Callable
from typing import cast

import pytest

from web.config import Config
from web.security import build_origin_check, is_authorized

ENVIRON = {"wsgi.url_scheme": "http", "HTTP_HOST": "mien.example:5000"}
BEHIND_A_PROXY = {
    **ENVIRON,
    "HTTP_X_FORWARDED_PROTO": "https",
    "HTTP_X_FORWARDED_HOST": "faces.example",
}


def test_without_a_token_everyone_may_connect() -> None:
    assert is_authorized(Config(), None, "")


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
    assert is_authorized(Config(access_token="secret"), auth, header) is expected


def test_by_default_only_the_own_origin_may_connect() -> None:
    assert build_origin_check(Config()) is None
    assert build_origin_check(Config(allowed_origins=("*",))) == "*"


@pytest.mark.parametrize(
    ("origin", "environ", "expected"),
    [
        ("https://friend.example", ENVIRON, True),
        ("http://mien.example:5000", ENVIRON, True),
        ("https://faces.example", BEHIND_A_PROXY, True),
        ("https://mien.example:5000", ENVIRON, False),
        ("https://friend.example.evil.example", ENVIRON, False),
        (None, ENVIRON, False),
    ],
)
def test_allowed_origins_stand_beside_the_own_one(
    origin: str | None, environ: dict[str, str], expected: bool
) -> None:
    check = build_origin_check(Config(allowed_origins=("https://friend.example",)))
    assert cast(Callable[..., bool], check)(origin, environ) is expected
