"""Settings of access and security: who may connect, and by which names."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from web.settings.concern import Concern
from web.settings.values import Hosts, Origins, Proxies


class AccessSettings(Concern):
    """Access token, and the names, origins and proxies that the service trusts."""

    title: ClassVar[str] = "Access and security"

    access_token: str = Field(
        default="",
        repr=False,
        description="Token that clients must send. Empty: everyone may connect.",
    )
    allowed_origins: Origins = Field(
        default=(),
        description="Origins whose pages may connect, besides the service's own. `*`: every one.",
    )
    allowed_hosts: Hosts = Field(
        default=(),
        description="Public names of the service. Addresses, `localhost`, names without a dot and "
        "names that end with `.local` always work. `*`: every name.",
    )
    trusted_proxies: Proxies = Field(
        default=(),
        description="Proxies whose `X-Forwarded-` headers are trusted. `unix`: those that connect "
        "through a Unix socket.",
    )
