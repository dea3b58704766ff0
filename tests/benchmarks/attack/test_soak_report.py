"""Reports of a soak."""

from __future__ import annotations

from benchmarks.attack.crowd import Event
from benchmarks.attack.footprint import Footprint
from benchmarks.attack.samples import Sample
from benchmarks.attack.soak_report import LINE_HEAD, Minute, line, summary


def _held(model_pid: int, rss_mib: float = 140) -> Footprint:
    return Footprint(rss_mib, models_rss_mib=210, descriptors=60, threads=9, model_pid=model_pid)


MINUTE = Minute(
    number=1,
    events=[Event("analysed", 20.0)] * 9 + [Event("lost"), Event("cut", detail="closed")],
    health=[Sample(0.0, 0.01, ok=True)],
    held=[_held(7), _held(0), _held(8, 190), _held(8)],
    kills=1,
    hangs=0,
    attacks=2,
)


def test_a_minute_has_a_cell_for_each_column() -> None:
    assert line(MINUTE).count("|") == LINE_HEAD.partition("\n")[0].count("|")


def test_the_summary_counts_acks_lost_ones_and_model_servers() -> None:
    rows = summary([MINUTE]).splitlines()
    assert "| acks with boxes | 9 |" in rows
    assert "| lost acks of connected clients | 1 |" in rows
    assert "| model server started again | 1 |" in rows
    assert "| app MiB, first minute / most / last | 140 / 190 / 140 |" in rows
    assert "| cut | 1 | `closed` |" in rows
