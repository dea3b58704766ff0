"""Report: writes the results as tables, `docs/experiments/comparison.md`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.peers.file_protocol import CROP
from benchmarks.peers.systems import MIEN

Report = dict[str, Any]
Rows = Iterator[list[str]]
"""Rows of a table; the first row has the names of the columns."""

METHOD = Path(__file__).with_name("method.md")
SOURCES = {"ferplus": "FER+ PublicTest", "utkface": "UTKFace", "fairface": "FairFace"}


def to_markdown(report: Report) -> str:
    """Formats the whole page."""
    faces = ", ".join(f"{count} of {SOURCES[name]}" for name, count in report["faces"].items())
    systems = [system for system in report["systems"] if "failed" not in system]
    failed = [system for system in report["systems"] if "failed" in system]
    parts = [
        METHOD.read_text(encoding="utf-8").format(faces=faces),
        *_section("Best input of each system, and Mien's crop", _summary(systems)),
        *_section("Emotion, FER+ PublicTest", _emotion(systems)),
        *_section("Age", _age(systems)),
        *_section("Gender", _gender(systems)),
        *_section("Cost", _cost(systems)),
        f"Machine: {report['machine']}; one thread each.",
        *_section("Faces that the detectors find", _detected(systems)),
        *_section("Compared systems", _terms(systems)),
        *(f"{system['name']} failed: {system['failed']}." for system in failed),
    ]
    return "\n\n".join(part.strip() for part in parts) + "\n"


def _section(title: str, rows: Rows) -> Iterator[str]:
    """Yields a heading and a table."""
    head, *body = rows
    lines = [head, ["---"] * len(head), *body]
    yield f"## {title}"
    yield "\n".join("| " + " | ".join(row) + " |" for row in lines)


def _summary(systems: list[Report]) -> Rows:
    yield [
        *("system", "emotion, FER+", "age, UTKFace", "age group, FairFace"),
        *("gender, UTKFace", "gender, FairFace", "ms per face, all networks", "MB"),
    ]
    for system in systems:
        yield [
            system["name"],
            _best(system, "ferplus", "emotion"),
            _best(system, "utkface", "age"),
            _best(system, "fairface", "age"),
            _best(system, "utkface", "gender"),
            _best(system, "fairface", "gender"),
            f"{sum(network['milliseconds'] for network in system['networks']):.2f}",
            f"{sum(network['megabytes'] for network in system['networks']):.2f}",
        ]


def _best(system: Report, source: str, task: str) -> str:
    """The best score over all inputs and its input; for Mien, the score with its own crop."""
    by_input = _scores(system, source, task)
    if not by_input:
        return ""
    if system["name"] == MIEN.name:
        by_input = {CROP: by_input[CROP]}
    name, scores = min(by_input.items(), key=lambda item: _rank(item[1]))
    return f"{_primary(scores)} ({name})"


def _rank(scores: Report) -> float:
    return float(scores.get("mean_error", -scores.get("accuracy", 0)))


def _primary(scores: Report) -> str:
    if "mean_error" in scores:
        return f"{scores['mean_error']:.1f} ± {scores['plus_minus']:.1f} years"
    return f"{100 * scores['accuracy']:.1f} ± {100 * scores['plus_minus']:.1f} %"


def _emotion(systems: list[Report]) -> Rows:
    yield [
        *("system", "input", "accuracy", "macro F1"),
        *("accuracy, 7 classes", "macro F1, 7 classes"),
    ]
    for system in systems:
        for name, scores in _scores(system, "ferplus", "emotion").items():
            yield [
                system["name"],
                name,
                _primary(scores),
                f"{scores['macro_f1']:.3f}",
                f"{100 * scores['common_accuracy']:.1f} %",
                f"{scores['common_macro_f1']:.3f}",
            ]


def _age(systems: list[Report]) -> Rows:
    yield [
        *("system", "input", "UTKFace, mean error"),
        *("FairFace, right group of nine", "FairFace, within one group"),
    ]
    for system in systems:
        groups = _scores(system, "fairface", "age")
        for name, scores in _scores(system, "utkface", "age").items():
            within = f"{100 * groups[name]['within_one']:.1f} %"
            yield [system["name"], name, _primary(scores), _primary(groups[name]), within]


def _gender(systems: list[Report]) -> Rows:
    yield ["system", "input", "UTKFace", "worst group", "FairFace", "worst group"]
    for system in systems:
        fairface = _scores(system, "fairface", "gender")
        for name, scores in _scores(system, "utkface", "gender").items():
            cells = [cell for s in (scores, fairface[name]) for cell in (_primary(s), _worst(s))]
            yield [system["name"], name, *cells]


def _worst(scores: Report) -> str:
    if scores["worst_accuracy"] is None:
        return ""
    return f"{100 * scores['worst_accuracy']:.0f} % ({scores['worst_group']})"


def _cost(systems: list[Report]) -> Rows:
    yield ["system", "network", "runtime", "parameters", "MB", "ms per face", "process, MiB"]
    for system in systems:
        for network in system["networks"]:
            yield [
                system["name"],
                network["name"],
                system["runtime"],
                f"{network['parameters']:,}",
                f"{network['megabytes']:.2f}",
                f"{network['milliseconds']:.2f}",
                f"{system['peak_mib']:.0f}",
            ]


def _detected(systems: list[Report]) -> Rows:
    yield ["system", *SOURCES.values()]
    for system in systems:
        if system["detected"]:
            shares = (system["detected"].get(source) for source in SOURCES)
            yield [system["name"], *("" if s is None else f"{100 * s:.1f} %" for s in shares)]


def _terms(systems: list[Report]) -> Rows:
    yield ["system", "preprocessing of a face", "licence"]
    for system in systems:
        yield [system["name"], system["preprocessing"], system["licence"]]


def _scores(system: Report, source: str, task: str) -> Report:
    """Scores of one task on one data set, by input."""
    by_input = system["quality"].get(source, {})
    return {name: scores[task] for name, scores in by_input.items() if task in scores}
