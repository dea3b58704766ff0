"""Matching: which face of a frame continues which track, by place, size and motion.

All distances are in face widths. A cost of 0 means exactly as expected, 1 the limit of what is
possible, and lost tracks pay for it: the face that was just in view has the better claim.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from face_utils.tracking.assignment import LEFT_OUT, Costs, assign
from face_utils.tracking.track import Place, Track

BASE_REACH = 0.85
"""Distance of two frames at any rate: a head that turns moves its box."""

REACH_PER_SECOND = 1.5
LARGEST_REACH = 3.0
MOST_GROWTH = math.log(2)
"""Logarithm of the largest change of size between two frames."""

LOST_COST = 0.3
COVERED_COST = 0.35
COVER_DISTANCE = 0.8
"""Distance within which a face can cover another one."""

BESIDE = (0.5, 1.0)
"""Distances at which a face appears that was behind another one."""

CLEARLY = 0.25
"""By how much the best pairs must be better than an exchange, where a mistake is likely."""


@dataclass(frozen=True, slots=True)
class Times:
    """Time of a frame and of the one before, in seconds."""

    now: float
    before: float


def match(
    tracks: Sequence[Track], places: Sequence[Place], times: Times, *, cautious: bool
) -> dict[int, Track]:
    """Matches tracks with the faces of a frame.

    Args:
        tracks: Tracks that may continue.
        places: Where the frame shows faces.
        times: Times of the frame.
        cautious: Whether pairs are left out that might as well be others.

    Returns:
        Index of a place -> its track.
    """
    costs = {
        (i, j): cost
        for i, track in enumerate(tracks)
        for j, cost in _possible(track, places, times)
    }
    pairs = assign(costs)
    return {j: tracks[i] for j, i in pairs.items() if not cautious or _is_clear(costs, pairs, i, j)}


def covering(track: Track, others: Sequence[Track], now: float) -> Track | None:
    """The face that most likely covers a lost one: the closest, seen later or nearer."""
    dx, dy = track.shift(now)
    there = Place(track.place.x + dx, track.place.y + dy, track.place.side)
    near = [(_distance(there, other.place), other) for other in others if _in_front(other, track)]
    distance, closest = min(near, key=lambda pair: pair[0], default=(math.inf, None))
    return closest if distance <= COVER_DISTANCE else None


def _in_front(other: Track, track: Track) -> bool:
    return other.seen_at > track.seen_at or other.place.side > track.place.side


def _possible(track: Track, places: Sequence[Place], times: Times) -> Iterator[tuple[int, float]]:
    """The places that a track can reach, each with its cost."""
    x, y, side = track.place
    dx, dy = track.shift(times.now)
    cover = _cover(track)
    reach = _reach(times.now - (times.before if cover else track.seen_at))
    extra = COVERED_COST if cover else LOST_COST if track.seen_at < times.before else 0.0
    # The widest pair whose sizes are alike. Most pairs of a crowd are farther apart than that.
    widest = math.inf if cover else reach * side * (1 + math.exp(MOST_GROWTH)) / 2
    far_x, far_y = widest + abs(dx), widest + abs(dy)
    for index, place in enumerate(places):
        left, above = place.x - x, place.y - y
        if not (-far_x < left < far_x and -far_y < above < far_y):
            continue
        width = (side + place.side) / 2
        moved = math.hypot(left - dx, above - dy) / width
        closest = min(moved, math.hypot(left, above) / width)
        if cover:
            closest = moved = _shift_from(cover, place, closest)
        growth = math.log(place.side / side) / MOST_GROWTH
        if math.hypot(closest / reach, growth) <= 1:
            shift = (closest + moved) / (2 * reach)
            yield index, extra + min(math.hypot(shift, growth), 1.0)


def _reach(seconds: float) -> float:
    """How far a face may be from its expected place after some time."""
    return min(BASE_REACH + REACH_PER_SECOND * seconds, LARGEST_REACH)


def _cover(track: Track) -> Place | None:
    """Place of the face that hides a lost one, if it was seen since."""
    cover = track.covered_by
    return cover.place if cover and cover.seen_at > track.seen_at else None


def _shift_from(cover: Place, place: Place, shift: float) -> float:
    """Shift of a face that was covered: it appears beside the other one, wherever that is now."""
    distance = _distance(cover, place)
    return max(BESIDE[0] - distance, min(shift, max(distance - BESIDE[1], 0.0)))


def _distance(place: Place, other: Place) -> float:
    return math.hypot(place.x - other.x, place.y - other.y) / ((place.side + other.side) / 2)


def _is_clear(costs: Costs, pairs: dict[int, int], i: int, j: int) -> bool:
    """Whether every exchange of partners with this pair costs clearly more."""
    places = {row: column for column, row in pairs.items()}
    rivals = [
        (pairs.get(column), column) if row == i else (row, places.get(row))
        for row, column in costs
        if (row == i) != (column == j)
    ]
    return all(_exchange(costs, (i, j), rival) >= CLEARLY for rival in rivals)


def _exchange(costs: Costs, pair: tuple[int, int], other: tuple[int | None, int | None]) -> float:
    """Change of the costs when two pairs exchange their partners; the other may be half a pair."""
    (i, j), (row, column) = pair, other
    after = 0.0 if column is None else costs.get((i, column), LEFT_OUT)
    after += 0.0 if row is None else costs.get((row, j), LEFT_OUT)
    before = costs[pair]
    if row is not None and column is not None:
        before += costs[row, column]
    return after - before
