"""Values of each minute of a soak, and their summary."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from benchmarks.attack.crowd import Event, Kind
from benchmarks.attack.footprint import Footprint
from benchmarks.attack.samples import Sample, percentile

LINE_HEAD = (
    "| minute | boxes | lost | cut | dropped | errors | refused | p95 ms | /healthz p95 ms "
    "| app MiB | models MiB | descriptors | threads | model restarts | kills | hangs | attacks |\n"
    + "| --- " * 17
    + "|"
)


@dataclass(frozen=True)
class Minute:
    """One minute.

    Attributes:
        number: From 1.
        events: Events of the clients.
        health: Samples of the probe.
        held: Resources of the processes, second by second.
        kills: Model servers killed since the start.
        hangs: Model servers stopped since the start.
        attacks: Attacks since the start.
    """

    number: int
    events: list[Event]
    health: list[Sample]
    held: list[Footprint]
    kills: int
    hangs: int
    attacks: int

    def count(self, kind: Kind) -> int:
        """Number of events of a kind."""
        return sum(event.kind == kind for event in self.events)


def line(minute: Minute) -> str:
    """One row of the table: counts of the minute, memory at its end, faults since the start."""
    last = minute.held[-1]
    counts = (minute.count(kind) for kind in _COUNTED)
    cells = (
        minute.number,
        *counts,
        *(f"{value:.0f}" for value in (_p95(minute.events), _health_p95([minute]))),
        *(f"{value:.0f}" for value in (last.rss_mib, last.models_rss_mib)),
        min(held.descriptors for held in minute.held[-5:]),
        last.threads,
        _restarts(minute.held),
        minute.kills,
        minute.hangs,
        minute.attacks,
    )
    return f"| {' | '.join(map(str, cells))} |"


_COUNTED: tuple[Kind, ...] = ("analysed", "lost", "cut", "dropped", "error", "refused")


def summary(minutes: Sequence[Minute]) -> str:
    """A Markdown table of all minutes, and of the errors that the clients received."""
    events = [event for minute in minutes for event in minute.events]
    held = [sample for minute in minutes for sample in minute.held]
    rows: list[tuple[str, object]] = [
        ("minutes", len(minutes)),
        ("acks with boxes", _count(events, "analysed")),
        ("lost acks of connected clients", _count(events, "lost")),
        ("connections cut while connected", _count(events, "cut")),
        ("frames dropped", _count(events, "dropped")),
        ("errors", _count(events, "error")),
        ("connections made, refused", _two(events, "connected", "refused")),
        ("sessions that reached their time limit", _count(events, "expired")),
        ("frame sent to boxes, p50 / p95 / max ms", _times(events)),
        ("/healthz p95 / max ms", f"{_health_p95(minutes):.0f} / {_health_max(minutes):.0f}"),
        ("app MiB, first minute / most / last", _span([h.rss_mib for h in held])),
        ("model server MiB, first minute / most / last", _span([h.models_rss_mib for h in held])),
        ("descriptors, first minute / most / last", _span([h.descriptors for h in held])),
        ("threads, first minute / most / last", _span([h.threads for h in held])),
        ("model server killed, stopped", f"{minutes[-1].kills}, {minutes[-1].hangs}"),
        ("model server started again", _restarts(held)),
        ("attacks", minutes[-1].attacks),
    ]
    table = "\n".join(f"| {name} | {value} |" for name, value in rows)
    return f"| soak | |\n| --- | --- |\n{table}\n{_details(events)}"


def _count(events: Sequence[Event], kind: Kind) -> int:
    return sum(event.kind == kind for event in events)


def _two(events: Sequence[Event], first: Kind, second: Kind) -> str:
    return f"{_count(events, first)}, {_count(events, second)}"


def _ms(events: Sequence[Event]) -> list[float]:
    return [event.ms for event in events if event.kind == "analysed"]


def _p95(events: Sequence[Event]) -> float:
    return percentile(_ms(events), 95)


def _times(events: Sequence[Event]) -> str:
    return " / ".join(f"{percentile(_ms(events), share):.0f}" for share in (50, 95, 100))


def _health_p95(minutes: Sequence[Minute]) -> float:
    return percentile([probe.ms for minute in minutes for probe in minute.health], 95)


def _health_max(minutes: Sequence[Minute]) -> float:
    return percentile([probe.ms for minute in minutes for probe in minute.health], 100)


def _span(values: Sequence[float]) -> str:
    """Median of the first minute, maximum, and median of the last minute."""
    first, last = values[:60], values[-60:]
    return " / ".join(
        f"{value:.0f}" for value in (percentile(first, 50), max(values), percentile(last, 50))
    )


def _restarts(held: Sequence[Footprint]) -> int:
    pids = [sample.model_pid for sample in held if sample.model_pid]
    return sum(before != after for before, after in pairwise(pids))


def _details(events: Sequence[Event]) -> str:
    """Messages of refused, cut and failed events, the most frequent first."""
    words = Counter(
        (event.kind, event.detail) for event in events if event.kind in {"error", "cut", "refused"}
    )
    rows = [f"| {kind} | {count} | `{detail}` |" for (kind, detail), count in words.most_common(8)]
    return "\n".join(["", "| what | times | words |", "| --- | --- | --- |", *rows])
