"""Access token, allowed origins and security headers."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from web.http.forwarded import HOST_PATTERN
from web.settings.access import AccessSettings

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

NONCE = "mien.csp_nonce"
"""Key of the WSGI environment for the nonce that an inline script of the page needs."""

HSTS_SECONDS = 365 * 86_400

OriginCheck = Callable[[str | None, Mapping[str, Any]], bool]

_DEFAULT_PORTS = {"http": ":80", "https": ":443"}


def build_origin_check(access: AccessSettings) -> OriginCheck | str:
    """Builds a check whether a page of an origin may connect.

    Returns:
        A value for Engine.IO: `*` for all origins, or a function.
    """
    if "*" in access.allowed_origins:
        return "*"
    allowed = {_normalize(origin) for origin in access.allowed_origins}

    def is_allowed(origin: str | None, environ: Mapping[str, Any]) -> bool:
        return origin is not None and _normalize(origin) in {*allowed, _own_origin(environ)}

    return is_allowed


def is_authorized(access: AccessSettings, auth: object, header: str) -> bool:
    """Whether a client sends the access token.

    Args:
        access: The access token, if the service has one.
        auth: The client's value of `auth`, which may have a `token`.
        header: The Authorization header, used if `auth` has no token.
    """
    if not access.access_token:
        return True
    # Constant time, so that the duration reveals nothing about the token.
    return hmac.compare_digest(_encode(given_token(auth, header)), _encode(access.access_token))


def given_token(auth: object, header: str) -> str:
    """The token that a client sends, right or wrong; empty if it sends none."""
    given = auth.get("token") if isinstance(auth, dict) else None
    return header.removeprefix("Bearer ") if given is None else str(given)


def _encode(token: str) -> bytes:
    """Bytes of a token. JSON may contain a lone surrogate, which plain UTF-8 cannot encode."""
    return token.encode("utf-8", "surrogatepass")


class SecurityHeaders:
    """WSGI middleware that adds the security headers to every response.

    Args:
        application: The next WSGI application, which finds the nonce in the environment.
    """

    def __init__(self, application: WSGIApplication) -> None:
        self._application = application

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Handles a request."""
        environ[NONCE] = secrets.token_urlsafe(16)
        headers = build_headers(environ)

        def start(status: str, given: list[tuple[str, str]], *error: Any) -> Callable[..., object]:
            return start_response(status, [*given, *headers], *error)

        return self._application(environ, start)


def build_headers(environ: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The security headers of the response to a request."""
    headers = [
        ("Content-Security-Policy", _policy(environ)),
        ("X-Content-Type-Options", "nosniff"),
        ("Referrer-Policy", "no-referrer"),
        ("Permissions-Policy", "camera=(self), microphone=()"),
        ("Cross-Origin-Opener-Policy", "same-origin"),
        ("Cross-Origin-Resource-Policy", "same-origin"),
    ]
    match = HOST_PATTERN.fullmatch(environ.get("HTTP_HOST", ""))
    # On a local name it would force HTTPS for the machine's other services too, on all ports.
    if environ["wsgi.url_scheme"] == "https" and not (match and _is_localhost(match["name"])):
        headers.append(("Strict-Transport-Security", f"max-age={HSTS_SECONDS}"))
    return headers


def _is_localhost(name: str) -> bool:
    return f".{name.lower()}".endswith(".localhost")


def _policy(environ: Mapping[str, Any]) -> str:
    return (
        "default-src 'self'; "
        f"script-src 'self' 'wasm-unsafe-eval' 'nonce-{environ[NONCE]}'; "
        f"style-src 'self'; img-src 'self' blob: data:; connect-src {_connections(environ)}; "
        "worker-src 'self' blob:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'"
    )


def _connections(environ: Mapping[str, Any]) -> str:
    """The service itself; for older browsers `'self'` does not include its WebSockets."""
    host = environ.get("HTTP_HOST", "")
    scheme = "wss" if environ["wsgi.url_scheme"] == "https" else "ws"
    # The client sets this header. The policy's grammar does not allow IPv6 addresses.
    is_plain = HOST_PATTERN.fullmatch(host) and not host.startswith("[")
    return f"'self' {scheme}://{host}" if is_plain else "'self'"


def _own_origin(environ: Mapping[str, Any]) -> str:
    return _normalize(f"{environ['wsgi.url_scheme']}://{environ.get('HTTP_HOST', '')}")


def _normalize(origin: str) -> str:
    """An origin without its scheme's default port, as browsers send it."""
    scheme, separator, host = origin.lower().partition("://")
    return f"{scheme}{separator}{host.removesuffix(_DEFAULT_PORTS.get(scheme, ' '))}"
