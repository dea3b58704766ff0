"""Meaning of each error code of the protocol."""

from __future__ import annotations

from face_utils.errors import ErrorCode

MEANINGS: dict[ErrorCode, str] = {
    "bad_request": "a payload of the wrong shape, or an unknown key, model or event",
    "bad_image": (
        "not a readable JPEG, PNG or WebP image; also an arithmetic-coded or lossless JPEG, or one "
        "with over 100 scans"
    ),
    "image_too_large": (
        "more bytes, pixels or pixels per side than `limits`, or too much work to decode "
        "([limits](#limits))"
    ),
    "rate_limited": (
        "more frames, good or bad, than `limits.max_frames_per_second`, or more than 30 "
        "`configure` per second"
    ),
    "unauthorized": "the access token is missing or wrong",
    "server_full": "all sessions are in use; `retry_after_seconds` says when to try again",
    "model_unavailable": (
        "reserved: an unavailable model is reported by `model_status` and fails no frame"
    ),
    "session_expired": "the session has ended",
    "internal": "a defect of the server; its log has the details",
}
