"""Tracking: which face of a frame is which of the earlier frames, by place, size and motion.

No identity is computed: nothing of how a face looks is kept or compared.
"""

from face_utils.tracking.track import Expected, Track
from face_utils.tracking.tracker import MEMORY_SECONDS, Tracker

__all__ = ["MEMORY_SECONDS", "Expected", "Track", "Tracker"]
