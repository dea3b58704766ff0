"""Acks: converts errors to the acks that clients receive."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial
from typing import TypeVar

from face_utils.errors import InternalError, MienError
from face_utils.results import Wire
from web.protocol.acks import ConfigureError, FrameError
from web.protocol.server_payload import ServerPayload

log = logging.getLogger(__name__)


Success = TypeVar("Success")


def acknowledge(
    work: Callable[[], Success], failure: Callable[[MienError], ServerPayload] = ConfigureError.of
) -> Success | Wire:
    """Runs some work for a client and returns the ack of its success or its error.

    Args:
        work: Returns the ack of success, or None if that follows later.
        failure: Makes the ack of an error.
    """
    try:
        return work()
    except MienError as error:
        return failure(error).to_wire()
    except Exception:
        log.exception("The request of a client failed.")
        return failure(InternalError("The server failed. Its log has the details.")).to_wire()


def acknowledge_frame(work: Callable[[], Success], seq: int | None) -> Success | Wire:
    """Does the same for a frame.

    Args:
        work: Returns the ack of success, or None if that follows later.
        seq: Number of the frame, if it has one.
    """
    return acknowledge(work, partial(FrameError.of, seq=seq))
