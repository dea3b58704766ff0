"""Output of results as a Markdown table and as JSON."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from benchmarks.attack.result import Result
from benchmarks.attack.samples import ClientStats

HEAD = (
    "| attack | server | boxes/s before, during, after | kept | p95 ms before, during, after "
    "| /healthz p95, max ms | app MiB before, after | with models before, peak, after "
    "| descriptors before, peak, after | recovered s | log kB/s | CPU of others | notes "
    "| verdict |\n" + "| --- " * 14 + "|"
)


def row(result: Result) -> str:
    """One row of the table."""
    stages = (result.before, result.during, result.after)
    cells = (
        result.attack,
        result.server,
        _join(f"{stage.rate:.1f}" for stage in stages),
        f"{result.kept:.0%}",
        _join(_ms(stage.p95_ms) for stage in stages),
        _health(result.health),
        _join(f"{held.rss_mib:.0f}" for held in (result.idle, result.left)),
        _join(
            f"{mib:.0f}"
            for mib in (result.idle.all_rss_mib, result.peak_rss_mib, result.left.all_rss_mib)
        ),
        _join(
            str(number)
            for number in (
                result.idle.descriptors,
                result.peak_descriptors,
                result.left.descriptors,
            )
        ),
        "no" if result.recover_seconds is None else f"{result.recover_seconds:.1f}",
        f"{result.log_bytes_per_second / 1e3:.1f}",
        f"{result.others_share:.0%}",
        _notes(result),
        "pass" if not result.faults else "FAIL: " + "; ".join(result.faults),
    )
    return f"| {' | '.join(cells)} |"


def summary(results: list[Result]) -> str:
    """One sentence about all of them."""
    failed = sum(bool(result.faults) for result in results)
    return f"{len(results) - failed} of {len(results)} attacks were withstood."


def write_json(results: list[Result], file: Path, about: dict[str, str]) -> None:
    """Writes all measured values; infinite ones become null."""
    rows = [{**asdict(result), "kept": result.kept, "faults": result.faults} for result in results]
    text = json.dumps(_finite({**about, "results": rows}), indent=1)
    file.write_text(text + "\n", encoding="utf-8")


def _join(words: Iterable[str]) -> str:
    return ", ".join(words)


def _ms(value: float) -> str:
    return f"{value:.0f}" if math.isfinite(value) else "lost"


def _health(health: ClientStats) -> str:
    return f"{_ms(health.p95_ms)}, {_ms(health.max_ms)}"


def _notes(result: Result) -> str:
    notes = dict(result.notes)
    if result.stop_seconds is not None:
        notes["sigterm_seconds"] = result.stop_seconds
    return _join(f"{name.replace('_', ' ')} {value:.4g}" for name, value in notes.items())


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_finite(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
