"""Model schedule: which model is due for which track."""

from __future__ import annotations

from collections.abc import Iterable

TOLERANCE = 0.25


class ModelSchedule:
    """Keeps the interval of each model for each track.

    A new track is due at once. Later turns follow a fixed beat, not the time since the last turn,
    and a frame may come a quarter of an interval early. Otherwise frames that jitter around the
    beat would each just miss it, which halves the rate.

    Example:
        >>> schedule = ModelSchedule()
        >>> schedule.asked("emotion", [1], now=0.0, interval=0.1)
        >>> schedule.due("emotion", [1, 2], now=0.05)
        [2]
    """

    def __init__(self) -> None:
        self._turns: dict[tuple[str, int], tuple[float, float]] = {}

    def due(self, model: str, tracks: Iterable[int], now: float) -> list[int]:
        """The tracks that are due for a model now."""
        return [id_ for id_ in tracks if self._is_due(model, id_, now)]

    def _is_due(self, model: str, track: int, now: float) -> bool:
        beat, interval = self._turns.get((model, track), (now, 0.0))
        return now >= beat - TOLERANCE * interval

    def asked(self, model: str, tracks: Iterable[int], now: float, interval: float) -> None:
        """Records a request to a model about these tracks.

        Args:
            model: Name of the model.
            tracks: Tracks in the request.
            now: Time in seconds.
            interval: Seconds from one turn to the next.
        """
        for id_ in tracks:
            beat = self._turns.get((model, id_), (now, 0.0))[0] + interval
            self._turns[model, id_] = max(beat, now + interval / 2), interval

    def retry(self, model: str) -> None:
        """Makes a model due for every track, after a failed request or a new interval."""
        self._turns = {key: turn for key, turn in self._turns.items() if key[0] != model}

    def keep(self, tracks: set[int]) -> None:
        """Forgets all tracks except these."""
        self._turns = {key: turn for key, turn in self._turns.items() if key[1] in tracks}
