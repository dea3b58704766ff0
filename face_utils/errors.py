"""Errors that Mien reports to a client, as one tree.

    MienError
    ├── BadRequest          bad_request         a malformed payload, an unknown key or event
    ├── BadImage            bad_image           not a readable JPEG, PNG or WebP image
    ├── ImageTooLarge       image_too_large     more bytes or pixels than the limits allow
    ├── RateLimited         rate_limited        frames or settings faster than the limit
    ├── Unauthorized        unauthorized        access token missing or wrong
    ├── ServerFull          server_full         all sessions are in use
    ├── ModelUnavailable    model_unavailable   the model server cannot serve this model now
    ├── SessionExpired      session_expired     the session has ended
    └── InternalError       internal            a defect of the server; its log has the details

The names in the middle are the `code` of the wire protocol. The list is closed.
"""

from __future__ import annotations

from typing import ClassVar, Literal

ErrorCode = Literal[
    "bad_request",
    "bad_image",
    "image_too_large",
    "rate_limited",
    "unauthorized",
    "server_full",
    "model_unavailable",
    "session_expired",
    "internal",
]
"""The closed list of the protocol's error codes."""


class MienError(Exception):
    """Base of all errors that have a wire code.

    Example:
        >>> BadImage("The PNG is cut off.").code
        'bad_image'

    Attributes:
        code: The protocol's name of the error.
        message: One plain sentence for the person who reads it.
    """

    code: ClassVar[ErrorCode] = "internal"

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class BadRequest(MienError):
    """A payload has the wrong shape, or names something that does not exist."""

    code = "bad_request"


class BadImage(MienError):
    """The bytes are not an image that Mien reads."""

    code = "bad_image"


class ImageTooLarge(MienError):
    """The image has more bytes or more pixels than allowed."""

    code = "image_too_large"


class RateLimited(MienError):
    """The client sends faster than its limit."""

    code = "rate_limited"


class Unauthorized(MienError):
    """The client may not connect: its access token is missing or wrong."""

    code = "unauthorized"


class ServerFull(MienError):
    """All sessions of the service are in use.

    Attributes:
        retry_after_seconds: When to try again.
    """

    code = "server_full"

    def __init__(self, message: str, retry_after_seconds: int) -> None:
        super().__init__(message)
        self.retry_after_seconds = retry_after_seconds


class ModelUnavailable(MienError):
    """The model server cannot serve this model at present."""

    code = "model_unavailable"


class SessionExpired(MienError):
    """The session has ended and takes no more frames."""

    code = "session_expired"


class InternalError(MienError):
    """Something failed that the client cannot fix."""

    code = "internal"
