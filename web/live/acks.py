"""Acks: converts errors to the acks that clients receive."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from face_utils.errors import InternalError, MienError
from face_utils.results import Wire

log = logging.getLogger(__name__)


def acknowledge(work: Callable[[], Wire], **head: Any) -> Wire:
    """Runs some work for a client and returns the ack of its success or its error.

    Args:
        work: Returns the ack of success.
        **head: First fields of the ack of an error, such as the `seq` of a frame.
    """
    try:
        return work()
    except MienError as error:
        return error.to_ack(**head)
    except Exception:
        log.exception("The request of a client failed.")
        return InternalError("The server failed. Its log has the details.").to_ack(**head)
