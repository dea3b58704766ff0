"""The verdict on an attack."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.attack.footprint import Footprint
from benchmarks.attack.report import row, summary, write_json
from benchmarks.attack.result import Result
from benchmarks.attack.samples import ClientStats

STATS = ClientStats(rate=10.0, p95_ms=30.0, max_ms=40.0, failed=0)
HELD = Footprint(rss_mib=140, models_rss_mib=210, descriptors=18, threads=9, model_pid=7)
WITHSTOOD = Result(
    attack="ping-flood",
    server="app.py",
    before=STATS,
    during=replace(STATS, rate=8.0),
    after=STATS,
    health=replace(STATS, p95_ms=100.0),
    idle=HELD,
    peak_rss_mib=400,
    peak_descriptors=1000,
    left=replace(HELD, rss_mib=170, descriptors=23),
    recover_seconds=0.0,
    log_bytes_per_second=0.0,
    leaks_tokens=False,
)


def test_figures_at_their_limits_pass() -> None:
    assert WITHSTOOD.faults == []


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"during": replace(STATS, rate=7.9)}, "keeps 79%"),
        ({"before": replace(STATS, rate=0.0)}, "keeps 0%"),
        ({"health": replace(STATS, p95_ms=101.0)}, "/healthz p95 101 ms"),
        ({"health": replace(STATS, p95_ms=math.inf)}, "/healthz p95 inf ms"),
        ({"after": replace(STATS, rate=7.9)}, "after: 7.9/s"),
        ({"left": replace(HELD, rss_mib=171)}, "app +31 MiB"),
        ({"left": replace(HELD, models_rss_mib=241)}, "with models +31 MiB"),
        ({"left": replace(HELD, descriptors=24)}, "+6 descriptors"),
        ({"leaks_tokens": True}, "a token in the log"),
        ({"log_bytes_per_second": 17.5e6}, "17500 kB/s of log"),
        ({"stop_seconds": 6.0}, "SIGTERM took 6 s"),
        ({"attacker_faults": ["5447 guesses/s"]}, "5447 guesses/s"),
    ],
)
def test_a_figure_over_its_limit_is_a_fault(change: dict[str, object], fault: str) -> None:
    result = replace(WITHSTOOD, **change)
    assert fault in result.faults
    assert "FAIL" in row(result)


def test_too_many_honest_clients_may_take_from_the_neighbours_rate() -> None:
    crowded = replace(WITHSTOOD, during=replace(STATS, rate=1.0), spares_neighbour=False)
    assert crowded.faults == []


def test_results_are_counted_and_written_as_plain_json(tmp_path: Path) -> None:
    lost = replace(WITHSTOOD, during=ClientStats(0.0, math.inf, math.inf, 9))
    file = tmp_path / "results.json"
    write_json([WITHSTOOD, lost], file, {"Date": "today"})
    written = json.loads(file.read_text())
    assert written["results"][1]["during"]["p95_ms"] is None
    assert written["results"][1]["faults"] == ["keeps 0%"]
    assert summary([WITHSTOOD, lost]) == "1 of 2 attacks were withstood."
