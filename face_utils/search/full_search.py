"""Search of a whole picture at every scale, for photos and videos of which no frame is skipped."""

from __future__ import annotations

import numpy as np

from face_utils.boxes import FloatArray
from face_utils.picture import Picture
from face_utils.search.coverage import LARGE, SMALL, coarse, everything
from face_utils.search.overlaps import best_first, first_of
from face_utils.search.window import Look, look_at


def search_everywhere(picture: Picture, look: Look, threshold: float) -> FloatArray:
    """Finds the faces of a picture.

    Returns:
        `(n, 13)` faces in pixels of the frame, the best score first.
    """
    size = picture.width, picture.height
    found = [look_at(picture, [window], LARGE, look, threshold) for window in everything(*size)]
    found.append(look_at(picture, [coarse(*size)], SMALL, look, threshold))
    return first_of(best_first(np.concatenate(found)))
