"""Direct requests to a WSGI application, to see what a middleware passes on."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

Page = Callable[[dict[str, Any], Callable[..., object]], Iterable[bytes]]


def request(peer: str = "10.0.0.1", **values: str) -> dict[str, Any]:
    """The environment of a request; keyword arguments add to it, headers by their CGI names."""
    plain = {
        "REMOTE_ADDR": peer,
        "REQUEST_METHOD": "GET",
        "SCRIPT_NAME": "",
        "PATH_INFO": "/",
        "QUERY_STRING": "",
        "HTTP_HOST": "localhost:5000",
        "wsgi.url_scheme": "http",
    }
    return {**plain, **values}


def status_of(page: Page, environ: dict[str, Any]) -> str:
    """The status of an application's response."""
    statuses: list[str] = []
    list(page(environ, lambda status, *_: statuses.append(status)))
    return statuses[0]


def headers_of(page: Page, environ: dict[str, Any]) -> dict[str, str]:
    """The headers of an application's response."""
    headers: dict[str, str] = {}
    list(page(environ, lambda _, given, *__: headers.update(given)))
    return headers


def fine(environ: dict[str, Any], start_response: Callable[..., object]) -> list[bytes]:
    """An application that is content with everything."""
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"fine"]
