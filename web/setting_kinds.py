"""The kinds of values that settings take."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Any

LAST_PORT = 65535

_ORIGIN = re.compile(r"([a-z][a-z0-9+.-]*)://([^/:@?#\s]+|\[[0-9a-f:.]+\])(?::(\d{1,5}))?/?")
_IMPLIED_PORTS = {"http": 80, "https": 443}
_NOT_GRPC_SCHEMES = {"http", "https", "grpc", "grpcs", "tcp"}
_REST_PORT = 8501
"""Of TensorFlow Serving, beside gRPC on 8500."""

_HOST_NAME = re.compile(r"[a-z0-9_.-]+|\[?[0-9a-f:.]+\]?")

UNIX = "unix"
"""Stands for whatever connects through a Unix socket."""

Proxy = IPv4Network | IPv6Network | str
"""A network, or `unix`."""

BASE_PATH_PATTERN = re.compile(r"(/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)+")
"""A path without anything that a browser, a proxy or HTML could read in another way."""


@dataclass(frozen=True)
class Kind:
    """What values a setting takes.

    Attributes:
        words: The kind in words, for people.
        parse: Reads a value; raises ValueError with what is wrong.
    """

    words: str
    parse: Callable[[str], Any]


def number(kind: type[int] | type[float], low: float, high: float) -> Kind:
    """Numbers from `low` to `high`."""
    words = "whole number" if kind is int else "number"
    bounds = f"{low} to {high}"

    def parse(text: str) -> float:
        try:
            value = kind(text)
        except ValueError:
            raise ValueError(f"must be a {words}") from None
        if not low <= value <= high:
            raise ValueError(f"must be from {bounds}")
        return value

    return Kind(f"{words}, {bounds}", parse)


def one_of(*choices: str) -> Kind:
    """One of a few words."""

    def parse(text: str) -> str:
        if text not in choices:
            raise ValueError(f"must be one of {', '.join(choices)}")
        return text

    return Kind(" or ".join(choices), parse)


def _parse_flag(text: str) -> bool:
    if text.lower() not in {"1", "0", "true", "false", "yes", "no"}:
        raise ValueError("must be 1 or 0")
    return text.lower() in {"1", "true", "yes"}


def _parse_origins(text: str) -> tuple[str, ...]:
    return tuple(_parse_origin(word.strip()) for word in text.split(",") if word.strip())


def _parse_origin(text: str) -> str:
    """Writes an origin as browsers do: in lower case, without the port that its scheme implies."""
    if text == "*":
        return text
    found = _ORIGIN.fullmatch(text.lower())
    if found is None:
        raise ValueError(f"{text!r} is not an origin, such as https://example.org")
    scheme, host, port = found.groups()
    implied = port is None or int(port) == _IMPLIED_PORTS.get(scheme)
    return f"{scheme}://{host}" if implied else f"{scheme}://{host}:{int(port)}"


def _parse_hosts(text: str) -> tuple[str, ...]:
    return tuple(_parse_host(word.strip().lower()) for word in text.split(",") if word.strip())


def _parse_host(name: str) -> str:
    if name != "*" and not _HOST_NAME.fullmatch(name):
        raise ValueError(f"{name!r} is not a host name, such as example.org")
    return name


def _parse_proxies(text: str) -> tuple[Proxy, ...]:
    words = [word.strip() for word in text.split(",") if word.strip()]
    try:
        return tuple(word if word == UNIX else ip_network(word) for word in words)
    except ValueError as error:
        raise ValueError(f"{error}; use addresses or networks such as 10.0.0.0/8") from None


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
        raise ValueError(f"{port} is the port of the REST API. Use the one of gRPC: {host}:8500")
    return text


def _parse_file(text: str) -> Path:
    if not text:
        raise ValueError("must not be empty")
    try:
        return Path(text).expanduser().absolute()
    except RuntimeError:
        raise ValueError("there is no home folder for ~; use a full path") from None


def _parse_path(text: str) -> Path | None:
    return _parse_file(text) if text else None


BASE_PATH = Kind("path of a URL, or empty", _parse_base_path)
FLAG = Kind("1 or 0", _parse_flag)
HOSTS = Kind("host names, separated by commas, or *", _parse_hosts)
PROXIES = Kind("addresses or networks, or unix, separated by commas", _parse_proxies)
ORIGINS = Kind("origins, separated by commas, or *", _parse_origins)
TARGET = Kind("address, or empty", _parse_target)
FILE = Kind("path", _parse_file)
PATH = Kind("path, or empty", _parse_path)
TEXT = Kind("text", str)
