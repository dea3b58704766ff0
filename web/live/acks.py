"""Acks: the one place where an error becomes what a client is told."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from face_utils.errors import InternalError, MienError
from face_utils.results import Wire

log = logging.getLogger(__name__)


def acknowledge(work: Callable[[], Wire], **head: Any) -> Wire:
    """Does some work for a client and returns its ack, of success or of an error.

    Args:
        work: Returns the ack of success.
        **head: Fields that the ack of an error begins with, such as the `seq` of a frame.
    """
    try:
        return work()
    except MienError as error:
        return error.to_ack(**head)
    except Exception:
        log.exception("The request of a client failed.")
        return InternalError("The server failed. Its log has the details.").to_ack(**head)
