"""Settings of the server: address, TLS and concurrency."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from web.settings.group import SettingsGroup
from web.settings.values import BasePath, OptionalPath, Port, Processes


class ServerSettings(SettingsGroup):
    """Address, TLS and concurrency of the service's own port."""

    title: ClassVar[str] = "Server"
    needs: ClassVar[tuple[tuple[str, str], ...]] = (
        ("tls_certificate", "tls_key"),
        ("tls_key", "tls_certificate"),
        ("tls_certificate", "https"),
    )

    host: str = Field(
        default="",
        description="IP address to listen on. If empty, Mien listens on all addresses with "
        "`MIEN_HTTPS`, else on 127.0.0.1.",
    )
    port: Port = Field(default=5000, description="TCP port to listen on.")
    https: bool = Field(
        default=False,
        description="Serve HTTPS. If no certificate is set, `app.py` makes a self-signed one. "
        "Gunicorn requires a certificate.",
    )
    tls_certificate: OptionalPath = Field(
        default=None, description="PEM file with the certificate for HTTPS."
    )
    tls_key: OptionalPath = Field(
        default=None, description="PEM file with the certificate's private key."
    )
    base_path: BasePath = Field(
        default="",
        description="URL path under which the service is published, such as `/mien`. Set it if "
        "your proxy does not send `X-Forwarded-Prefix`.",
    )
    async_mode: Literal["eventlet", "threading"] = Field(
        default="eventlet",
        description="Concurrency model: `eventlet` (green threads) or `threading` (native "
        "threads). Gunicorn requires `eventlet`.",
    )

    processes: Processes = Field(
        default=1,
        description="Number of app processes behind the port, or `auto` for one per core. Not for "
        "gunicorn.",
    )

    @property
    def bind_host(self) -> str:
        """The address to listen on."""
        return self.host or ("0.0.0.0" if self.https else "127.0.0.1")
