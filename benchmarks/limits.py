"""Limits for the measurements of ten clients on a machine with two cores."""

from __future__ import annotations

from dataclasses import dataclass

from benchmarks.end_to_end import EndToEndMetrics

CLIENTS = 10


@dataclass(frozen=True)
class LimitCheck:
    """A measured value and its limit.

    Attributes:
        name: What was measured.
        value: The measured value.
        limit: The largest value allowed.
        form: Format string for both.
    """

    name: str
    value: float
    limit: float
    form: str

    @property
    def is_met(self) -> bool:
        """Whether the value is within its limit; NaN is not."""
        return self.value <= self.limit


def check_limits(
    row: EndToEndMetrics, in_process_cpu_ms: float, ready_seconds: float
) -> list[LimitCheck]:
    """Compares the measurements of the ten clients with their limits."""
    overhead = row.cpu_ms / in_process_cpu_ms
    return [
        LimitCheck("emotion p95", row.emotion_ms[1], 150, "{:.0f} ms"),
        LimitCheck("frames dropped", row.dropped, 0.02, "{:.1%}"),
        LimitCheck("end to end / in process", overhead, 1.6, "{:.2f}"),
        LimitCheck("app RSS", row.app_rss_mib, 220, "{:.0f} MiB"),
        LimitCheck("model server RSS", row.model_rss_mib, 260, "{:.0f} MiB"),
        LimitCheck("start to ready", ready_seconds, 6, "{:.1f} s"),
    ]


def to_markdown(checks: list[LimitCheck]) -> str:
    """Formats the checks as a Markdown table."""
    head = f"| {CLIENTS} clients | measured | limit | |\n| --- | --- | --- | --- |"
    return "\n".join([head, *map(_row, checks)])


def _row(check: LimitCheck) -> str:
    value, limit = (check.form.format(number) for number in (check.value, check.limit))
    return f"| {check.name} | {value} | {limit} | {'met' if check.is_met else 'missed'} |"
