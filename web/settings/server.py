"""Settings of the server: where it listens, TLS, and how it serves many clients at once."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from web.settings.concern import Concern
from web.settings.values import BasePath, OptionalPath, Port


class ServerSettings(Concern):
    """Address, TLS and concurrency of the service's own port."""

    title: ClassVar[str] = "Server"
    needs: ClassVar[tuple[tuple[str, str], ...]] = (
        ("tls_certificate", "tls_key"),
        ("tls_key", "tls_certificate"),
        ("tls_certificate", "https"),
    )

    host: str = Field(
        default="",
        description="Address to listen on. Empty: every address with `MIEN_HTTPS`, else only this "
        "machine's own.",
    )
    port: Port = Field(default=5000, description="TCP port to listen on.")
    https: bool = Field(
        default=False,
        description="Serve TLS. Without a certificate, `app.py` makes one and gunicorn refuses.",
    )
    tls_certificate: OptionalPath = Field(
        default=None, description="PEM file of the certificate for HTTPS."
    )
    tls_key: OptionalPath = Field(default=None, description="PEM file of the certificate's key.")
    base_path: BasePath = Field(
        default="",
        description="Path under which visitors find the service, such as `/mien`. Needed where a "
        "proxy does not send `X-Forwarded-Prefix`.",
    )
    async_mode: Literal["eventlet", "threading"] = Field(
        default="eventlet",
        description="How many clients are served at once: by green threads, or by real ones.",
    )

    @property
    def bind_host(self) -> str:
        """The address to listen on."""
        return self.host or ("0.0.0.0" if self.https else "127.0.0.1")
