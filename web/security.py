"""Who may connect, and what a browser may do with the page."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable, Mapping
from typing import Any

from flask import Flask, Response, g

from web.config import Config

OriginCheck = Callable[[str | None, Mapping[str, Any]], bool]


def build_origin_check(config: Config) -> OriginCheck | str | None:
    """Builds what decides whether a page of an origin may connect.

    Returns:
        What Engine.IO takes: `*` for all, None for the service's own origin only, or a function.
    """
    if "*" in config.allowed_origins:
        return "*"
    if not config.allowed_origins:
        return None

    def is_allowed(origin: str | None, environ: Mapping[str, Any]) -> bool:
        return origin in config.allowed_origins or origin == _own_origin(environ)

    return is_allowed


def is_authorized(config: Config, auth: object, header: str) -> bool:
    """Whether a client gives the access token.

    Args:
        config: Holds the token, or none.
        auth: What the client gave on connecting; its `token` counts.
        header: The Authorization header, asked where `auth` has no token.
    """
    if not config.access_token:
        return True
    given = auth.get("token") if isinstance(auth, dict) else None
    if given is None:
        given = header.removeprefix("Bearer ")
    # Constant time, so that the answer's delay says nothing about the token.
    return hmac.compare_digest(_encode(str(given)), _encode(config.access_token))


def _encode(token: str) -> bytes:
    """A token's bytes; JSON may hold half of a character, which UTF-8 has no bytes for."""
    return token.encode("utf-8", "surrogatepass")


def add_security_headers(app: Flask) -> None:
    """Lets the page load nothing but its own files, and be framed by no one."""

    @app.before_request
    def make_nonce() -> None:
        g.csp_nonce = secrets.token_urlsafe(16)

    @app.context_processor
    def give_nonce() -> dict[str, str]:
        return {"csp_nonce": g.csp_nonce}

    @app.after_request
    def add_headers(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = _policy(g.csp_nonce)
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["Permissions-Policy"] = "camera=(self), microphone=()"
        return response


def _policy(nonce: str) -> str:
    return (
        "default-src 'self'; "
        f"script-src 'self' 'wasm-unsafe-eval' 'nonce-{nonce}'; "
        "style-src 'self'; img-src 'self' blob: data:; connect-src 'self' ws: wss:; "
        "worker-src 'self' blob:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'"
    )


def _own_origin(environ: Mapping[str, Any]) -> str:
    scheme = environ.get("HTTP_X_FORWARDED_PROTO", environ.get("wsgi.url_scheme", "http"))
    host = environ.get("HTTP_X_FORWARDED_HOST", environ.get("HTTP_HOST", ""))
    return f"{scheme.split(',')[0].strip()}://{host.split(',')[0].strip()}"
