"""What the figures must be, for ten clients on a machine of two cores."""

from __future__ import annotations

from dataclasses import dataclass

from benchmarks.end_to_end import ServedFigures

CLIENTS = 10


@dataclass(frozen=True)
class Verdict:
    """A figure and its limit.

    Attributes:
        name: What is measured.
        figure: What it is.
        limit: The most that it may be.
        form: How both are shown, a format string.
    """

    name: str
    figure: float
    limit: float
    form: str

    @property
    def is_met(self) -> bool:
        """Whether the figure is within its limit; one that is no number is not."""
        return self.figure <= self.limit


def judge(row: ServedFigures, bare_cpu_ms: float, ready_seconds: float) -> list[Verdict]:
    """Sets the figures of the ten clients beside their limits."""
    return [
        Verdict("emotion p95", row.emotion_ms[1], 150, "{:.0f} ms"),
        Verdict("frames dropped", row.dropped, 0.02, "{:.1%}"),
        Verdict("served / bare", row.cpu_ms / bare_cpu_ms, 1.6, "{:.2f}"),
        Verdict("app RSS", row.app_rss_mib, 220, "{:.0f} MiB"),
        Verdict("model server RSS", row.model_rss_mib, 260, "{:.0f} MiB"),
        Verdict("start to ready", ready_seconds, 6, "{:.1f} s"),
    ]


def table(verdicts: list[Verdict]) -> str:
    """Shows the verdicts as a Markdown table."""
    head = f"| {CLIENTS} clients | figure | limit | |\n| --- | --- | --- | --- |"
    return "\n".join([head, *map(_row, verdicts)])


def _row(verdict: Verdict) -> str:
    figure, limit = (verdict.form.format(value) for value in (verdict.figure, verdict.limit))
    return f"| {verdict.name} | {figure} | {limit} | {'met' if verdict.is_met else 'missed'} |"
