"""Choice of the faces to follow when a frame shows more than the limit."""

from __future__ import annotations

from collections.abc import Mapping

CLEARLY_LARGER = 1.5
"""How many times as large a new face must be to take the turn of a followed one."""


def choose(followed: Mapping[int, float], others: Mapping[int, float], free: int) -> set[int]:
    """Chooses the followed faces, then the largest others.

    Args:
        followed: Followed face of the frame -> its side.
        others: Other face of the frame -> its side.
        free: How many of the others can be added.

    Returns:
        The chosen faces.

    Example:
        >>> choose({1: 50.0, 2: 90.0}, {3: 60.0, 4: 99.0}, free=0) == {2, 4}
        True
    """
    largest = sorted(others, key=others.__getitem__, reverse=True)
    smallest = sorted(followed, key=followed.__getitem__)
    chosen = {*smallest, *largest[:free]}
    for small, large in zip(smallest, largest[free:], strict=False):
        if others[large] < CLEARLY_LARGER * followed[small]:
            break
        chosen ^= {small, large}
    return chosen
