"""Types of settings that need their own parsing, such as lists, addresses and paths.

Each type parses and checks the text of an environment variable, and describes what it accepts.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field

from process.cores import available_cores
from serving.endpoints import LAST_PORT

_ORIGIN = re.compile(r"([a-z][a-z0-9+.-]*)://([^/:@?#\s]+|\[[0-9a-f:.]+\])(?::(\d{1,5}))?/?")
_IMPLIED_PORTS = {"http": 80, "https": 443}
_NOT_GRPC_SCHEMES = {"http", "https", "grpc", "grpcs", "tcp"}
_REST_PORT = 8501
"""TensorFlow Serving's REST port, next to gRPC on 8500."""

_HOST_NAME = re.compile(r"[a-z0-9_.-]+|\[?[0-9a-f:.]+\]?")

AUTO = "auto"
"""Means a value that follows from this machine."""

UNIX = "unix"
"""Means every proxy that connects through a Unix socket."""

Proxy = IPv4Network | IPv6Network | str
"""A network, or `unix`."""

BASE_PATH_PATTERN = re.compile(r"(/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)+")
"""A path that browsers, proxies and HTML all interpret in the same way."""


@dataclass(frozen=True)
class Accepts:
    """Describes the values that a type accepts, for the reference page."""

    text: str


def _split(value: object) -> object:
    """Splits text at commas. Returns a tuple unchanged."""
    if not isinstance(value, str):
        return value
    return tuple(word.strip() for word in value.split(",") if word.strip())


def _parse_origin(text: str) -> str:
    """Normalizes an origin as browsers do: lower case, without the scheme's default port."""
    if text == "*":
        return text
    found = _ORIGIN.fullmatch(text.lower())
    if found is None:
        raise ValueError(f"{text!r} is not an origin, such as https://example.org")
    scheme, host, port = found.groups()
    implied = port is None or int(port) == _IMPLIED_PORTS.get(scheme)
    return f"{scheme}://{host}" if implied else f"{scheme}://{host}:{int(port)}"


def _parse_host(text: str) -> str:
    name = text.lower()
    if name != "*" and not _HOST_NAME.fullmatch(name):
        raise ValueError(f"{name!r} is not a host name, such as example.org")
    return name


def _parse_proxy(value: object) -> object:
    if not isinstance(value, str) or value == UNIX:
        return value
    try:
        return ip_network(value)
    except ValueError as error:
        raise ValueError(f"{error}. Use addresses or networks, such as 10.0.0.0/8") from None


def _parse_base_path(text: str) -> str:
    path = text.rstrip("/")
    if path and not BASE_PATH_PATTERN.fullmatch(path):
        raise ValueError("must be a path such as /mien")
    return path


def _parse_target(text: str) -> str:
    if not text or text.startswith("unix:"):
        return text
    scheme, _, place = text.rpartition("://")
    host, _, port = place.partition("/")[0].rpartition(":")
    if scheme.lower() in _NOT_GRPC_SCHEMES:
        raise ValueError(f"must be host:port without {scheme}://, such as {host or place}:8500")
    host, _, port = place.rpartition(":")
    if not (host and port.isdecimal() and 1 <= int(port) <= LAST_PORT):
        raise ValueError("must be host:port or unix:PATH")
    if int(port) == _REST_PORT:
        raise ValueError(f"{port} is the port of the REST API. Use the gRPC port: {host}:8500")
    return text


def _parse_path(value: object) -> object:
    if not isinstance(value, str):
        return value
    if not value:
        raise ValueError("must not be empty")
    try:
        return Path(value).expanduser().absolute()
    except RuntimeError:
        raise ValueError("the home folder for ~ is unknown. Use a full path") from None


def _parse_optional_path(value: object) -> object:
    return None if value == "" else _parse_path(value)


def auto(compute: Callable[[], int]) -> BeforeValidator:
    """Lets a setting be `auto`, which means a number that follows from this machine."""
    return BeforeValidator(lambda value: compute() if value == AUTO else value)


Processes = Annotated[
    int,
    Field(ge=1, le=128),
    auto(available_cores),
    Accepts("whole number, 1 to 128, or auto"),
]
Port = Annotated[int, Field(ge=1, le=LAST_PORT)]
OptionalPort = Annotated[int, Field(ge=0, le=LAST_PORT)]
BasePath = Annotated[str, AfterValidator(_parse_base_path), Accepts("path of a URL, or empty")]
Hosts = Annotated[
    tuple[Annotated[str, AfterValidator(_parse_host)], ...],
    BeforeValidator(_split),
    Accepts("host names, separated by commas, or *"),
]
Origins = Annotated[
    tuple[Annotated[str, AfterValidator(_parse_origin)], ...],
    BeforeValidator(_split),
    Accepts("origins, separated by commas, or *"),
]
Proxies = Annotated[
    tuple[Annotated[Proxy, BeforeValidator(_parse_proxy)], ...],
    BeforeValidator(_split),
    Accepts("addresses or networks, or unix, separated by commas"),
]
Target = Annotated[str, AfterValidator(_parse_target), Accepts("address, or empty")]
PathSetting = Annotated[Path, BeforeValidator(_parse_path), Accepts("path")]
OptionalPath = Annotated[
    Path | None, BeforeValidator(_parse_optional_path), Accepts("path, or empty")
]
