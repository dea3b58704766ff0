"""The kinds of values that settings take."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

LAST_PORT = 65535


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
    origin = text.rstrip("/")
    scheme, _, host = origin.partition("://")
    if origin != "*" and (not scheme or not host or "/" in host):
        raise ValueError(f"{text!r} is no origin, such as https://example.org")
    return origin


def _parse_target(text: str) -> str:
    host, _, port = text.rpartition(":")
    is_port = port.isdecimal() and 1 <= int(port) <= LAST_PORT
    if text and not text.startswith("unix:") and not (host and is_port):
        raise ValueError("must be host:port or unix:PATH")
    return text


def _parse_file(text: str) -> Path:
    if not text:
        raise ValueError("must not be empty")
    return Path(text).expanduser().absolute()


def _parse_path(text: str) -> Path | None:
    return Path(text).expanduser().absolute() if text else None


FLAG = Kind("1 or 0", _parse_flag)
ORIGINS = Kind("origins, separated by commas, or *", _parse_origins)
TARGET = Kind("address, or empty", _parse_target)
FILE = Kind("path", _parse_file)
PATH = Kind("path, or empty", _parse_path)
TEXT = Kind("text", str)
