"""Reads the head of a request, and refuses what is malformed or too large.

Anything that is not plainly HTTP/1.x is refused here, before Python's lenient parser sees it. Two
parsers that disagree about the end of a request would let one request hide in another.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from http import HTTPStatus
from typing import BinaryIO, Protocol

LINE_BYTES = 8 * 1024
"""Limit of the request line."""
HEAD_BYTES = 64 * 1024
"""Limit of all other lines together. Cookies of other apps on the host can exceed 8 KiB."""
BODY_BYTES = 256 * 1024 * 1024
"""More than the largest message that the settings allow; the app has lower limits."""

_REQUEST_LINE = re.compile(rb"[A-Z]{1,32} [\x21-\x7e]+ HTTP/1\.[01]\r?\n")
_FIELD = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+:[\t\x20-\x7e\x80-\xff]*\r?\n")
_END = (b"\r\n", b"\n")
_LENGTH = re.compile(r"[0-9]{1,18}")
_SINGLE = ("Host", "Content-Length", "Content-Type")

SENTENCES = {
    HTTPStatus.BAD_REQUEST: "This is not a valid HTTP request.",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "The request's body is too large.",
    HTTPStatus.REQUEST_URI_TOO_LONG: f"The address is longer than {LINE_BYTES // 1024} KiB.",
    HTTPStatus.TOO_MANY_REQUESTS: "Too many requests of one connection at the same time.",
    HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE: (
        f"There are more than 100 headers, or more than {HEAD_BYTES // 1024} KiB of them. "
        "Deleting the cookies of this host may help."
    ),
    HTTPStatus.NOT_IMPLEMENTED: (
        "Transfer-Encoding is not supported. Send the body with a Content-Length."
    ),
    HTTPStatus.SERVICE_UNAVAILABLE: "The service is full. Try again in a few seconds.",
    HTTPStatus.HTTP_VERSION_NOT_SUPPORTED: "Use HTTP/1.1.",
}
"""Texts of refusals by status. They never quote the request, which may contain a token."""


class Headers(Protocol):
    """Headers, from Python's parser."""

    def get_all(self, name: str, /) -> Iterable[str] | None:
        """All values of a header."""


class Refused(Exception):
    """A request that is refused before the app sees it.

    Args:
        status: Status of the response, one of `SENTENCES`.
    """

    def __init__(self, status: int) -> None:
        self.status = HTTPStatus(status)
        super().__init__(f"{self.status.value} {self.status.phrase}")


def read_head(wire: BinaryIO) -> tuple[bytes, bytes]:
    """Reads a request's head.

    Returns:
        The request line, and the other lines up to the empty one.

    Raises:
        Refused: The head is malformed or too large.
        ConnectionResetError: The client left before the head was complete.
    """
    line = _read_line(wire, LINE_BYTES, HTTPStatus.REQUEST_URI_TOO_LONG)
    if not _REQUEST_LINE.fullmatch(line):
        is_other = re.search(rb" HTTP/[2-9]", line)
        raise Refused(HTTPStatus.HTTP_VERSION_NOT_SUPPORTED if is_other else HTTPStatus.BAD_REQUEST)
    return line, _read_fields(wire)


def body_length(headers: Headers) -> int:
    """Finds the length of a request's body, in bytes.

    Raises:
        Refused: The length is not exactly one number, or it is too large.
    """
    if headers.get_all("Transfer-Encoding"):
        raise Refused(HTTPStatus.NOT_IMPLEMENTED)
    if any(len(list(headers.get_all(name) or ())) > 1 for name in _SINGLE):
        raise Refused(HTTPStatus.BAD_REQUEST)
    [text] = headers.get_all("Content-Length") or ["0"]
    if not _LENGTH.fullmatch(text.strip(" \t")):
        raise Refused(HTTPStatus.BAD_REQUEST)
    if (length := int(text)) > BODY_BYTES:
        raise Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    return length


def _read_fields(wire: BinaryIO) -> bytes:
    lines: list[bytes] = []
    room = HEAD_BYTES
    while True:
        line = _read_line(wire, room, HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
        if line in _END:
            return b"".join([*lines, line])
        if not _FIELD.fullmatch(line):
            raise Refused(HTTPStatus.BAD_REQUEST)
        room -= len(line)
        lines.append(line)


def _read_line(wire: BinaryIO, room: int, too_long: HTTPStatus) -> bytes:
    line = wire.readline(room + 1)
    if len(line) > room:
        raise Refused(too_long)
    if not line.endswith(b"\n"):
        raise ConnectionResetError("the client left in the middle of a request")
    return line
