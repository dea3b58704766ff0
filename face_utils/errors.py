"""Every error that Mien reports to a client, as one tree.

    MienError
    ├── BadRequest          bad_request         a wrong payload, an unknown key or event
    ├── BadImage            bad_image           not a readable JPEG, PNG or WebP image
    ├── ImageTooLarge       image_too_large     more bytes or pixels than the limits allow
    ├── RateLimited         rate_limited        frames or settings faster than the limit
    ├── Unauthorized        unauthorized        access token missing or wrong
    ├── ServerFull          server_full         as many sessions as the service takes
    ├── ModelUnavailable    model_unavailable   the model server cannot answer for this model
    ├── SessionExpired      session_expired     the session is over
    └── InternalError       internal            a defect of ours, details only in the log

The names in the middle are the `code` of the wire protocol; the list is closed.
"""

from __future__ import annotations

from typing import ClassVar


class MienError(Exception):
    """Base of all errors that have a wire code.

    Attributes:
        code: The protocol's name of the error.
        message: One plain sentence for the person at the other end.
    """

    code: ClassVar[str] = "internal"

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
    """The client may not connect: it gives no valid token."""

    code = "unauthorized"


class ServerFull(MienError):
    """The service has as many sessions as it takes.

    Attributes:
        retry_after_seconds: When to try again.
    """

    code = "server_full"

    def __init__(self, message: str, retry_after_seconds: int) -> None:
        super().__init__(message)
        self.retry_after_seconds = retry_after_seconds


class ModelUnavailable(MienError):
    """The model server gives no answer for this model at present."""

    code = "model_unavailable"


class SessionExpired(MienError):
    """The session has ended and takes no more frames."""

    code = "session_expired"


class InternalError(MienError):
    """Something failed that the client cannot mend."""

    code = "internal"
