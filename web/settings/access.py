"""Settings of access and security: access token, host names, origins and proxies."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from web.settings.group import SettingsGroup
from web.settings.values import Hosts, Origins, Proxies


class AccessSettings(SettingsGroup):
    """Access token, and the names, origins and proxies that the service trusts."""

    title: ClassVar[str] = "Access and security"

    access_token: str = Field(
        default="",
        repr=False,
        description="Token that clients must send. If empty, anyone can connect.",
    )
    allowed_origins: Origins = Field(
        default=(),
        description="Other origins whose pages may connect, such as `https://app.example.org`. "
        "`*` allows every origin. The service's own pages may always connect.",
    )
    allowed_hosts: Hosts = Field(
        default=(),
        description="Public host names of the service. Requests for other names are refused, "
        "except IP addresses, `localhost`, names without a dot and names that end with `.local`. "
        "`*` allows every name.",
    )
    trusted_proxies: Proxies = Field(
        default=(),
        description="Reverse proxies whose `X-Forwarded-` headers are trusted. `unix` means "
        "proxies that connect through a Unix socket.",
    )
