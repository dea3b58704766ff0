"""Writes the figures as tables for people: `docs/experiments/comparison.md`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.peers.file_protocol import CROP
from benchmarks.peers.systems import MIEN

Figures = dict[str, Any]

METHOD = Path(__file__).with_name("method.md")
SOURCES = {"ferplus": "FER+ PublicTest", "utkface": "UTKFace", "fairface": "FairFace"}


def markdown(report: Figures) -> str:
    """The whole page."""
    faces = ", ".join(f"{count} of {SOURCES[name]}" for name, count in report["faces"].items())
    systems = [system for system in report["systems"] if "failed" not in system]
    parts = [
        METHOD.read_text(encoding="utf-8").format(faces=faces),
        *_section("Each in the framing that suits it best, Mien as it serves", _summary(systems)),
        *_section("Emotion, FER+ PublicTest", _emotion(systems)),
        *_section("Age", _age(systems)),
        *_section("Gender", _gender(systems)),
        *_section("Cost", _cost(systems)),
        f"Machine: {report['machine']}; one thread each.",
        *_section("Faces that the detectors find", _found(systems)),
        *_section("What was compared", _terms(systems)),
        *(f"{s['name']} could not be asked: {s['failed']}" for s in _failed(report)),
    ]
    return "\n\n".join(part.strip() for part in parts) + "\n"


def _failed(report: Figures) -> list[Figures]:
    return [system for system in report["systems"] if "failed" in system]


def _section(title: str, rows: Iterator[list[str]]) -> Iterator[str]:
    """A heading and a table; the first row names the columns."""
    head, *body = rows
    lines = [head, ["---"] * len(head), *body]
    yield f"## {title}"
    yield "\n".join("| " + " | ".join(row) + " |" for row in lines)


def _summary(systems: list[Figures]) -> Iterator[list[str]]:
    yield [
        *("system", "emotion, FER+", "age, UTKFace", "age group, FairFace"),
        *("gender, UTKFace", "gender, FairFace", "ms a face, all networks", "MB"),
    ]
    for system in systems:
        yield [
            system["name"],
            _best(system, "ferplus", "emotion"),
            _best(system, "utkface", "age"),
            _best(system, "fairface", "age"),
            _best(system, "utkface", "gender"),
            _best(system, "fairface", "gender"),
            f"{sum(net['milliseconds'] for net in system['nets']):.2f}",
            f"{sum(net['megabytes'] for net in system['nets']):.2f}",
        ]


def _best(system: Figures, source: str, task: str) -> str:
    """The best figure over all framings, and its framing; of Mien the one that it serves with."""
    framings = _of(system, source, task)
    if not framings:
        return ""
    if system["name"] == MIEN.name:
        framings = {CROP: framings[CROP]}
    name, figures = min(framings.items(), key=lambda item: _badness(item[1]))
    return f"{_main(figures)} ({name})"


def _badness(figures: Figures) -> float:
    return float(figures.get("mean_error", -figures.get("accuracy", 0)))


def _main(figures: Figures) -> str:
    if "mean_error" in figures:
        return f"{figures['mean_error']:.1f} ± {figures['plus_minus']:.1f} years"
    return f"{100 * figures['accuracy']:.1f} ± {100 * figures['plus_minus']:.1f} %"


def _emotion(systems: list[Figures]) -> Iterator[list[str]]:
    yield [
        "system",
        "framing",
        "accuracy",
        "macro F1",
        "accuracy, 7 classes",
        "macro F1, 7 classes",
    ]
    for system in systems:
        for framing, figures in _of(system, "ferplus", "emotion").items():
            yield [
                system["name"],
                framing,
                _main(figures),
                f"{figures['macro_f1']:.3f}",
                f"{100 * figures['common_accuracy']:.1f} %",
                f"{figures['common_macro_f1']:.3f}",
            ]


def _age(systems: list[Figures]) -> Iterator[list[str]]:
    yield [
        *("system", "framing", "UTKFace, mean error"),
        *("FairFace, right group of nine", "FairFace, within one group"),
    ]
    for system in systems:
        groups = _of(system, "fairface", "age")
        for framing, figures in _of(system, "utkface", "age").items():
            within = f"{100 * groups[framing]['within_one']:.1f} %"
            yield [system["name"], framing, _main(figures), _main(groups[framing]), within]


def _gender(systems: list[Figures]) -> Iterator[list[str]]:
    yield ["system", "framing", "UTKFace", "its worst group", "FairFace", "its worst group"]
    for system in systems:
        fairface = _of(system, "fairface", "gender")
        for framing, figures in _of(system, "utkface", "gender").items():
            both = (figures, fairface[framing])
            cells = [cell for one in both for cell in (_main(one), _worst(one))]
            yield [system["name"], framing, *cells]


def _worst(figures: Figures) -> str:
    if figures["worst_accuracy"] is None:
        return ""
    return f"{100 * figures['worst_accuracy']:.0f} % ({figures['worst_group']})"


def _cost(systems: list[Figures]) -> Iterator[list[str]]:
    yield ["system", "network", "runtime", "parameters", "MB on disk", "ms a face", "process, MiB"]
    for system in systems:
        for net in system["nets"]:
            yield [
                system["name"],
                net["name"],
                system["runtime"],
                f"{net['parameters']:,}",
                f"{net['megabytes']:.2f}",
                f"{net['milliseconds']:.2f}",
                f"{system['peak_mib']:.0f}",
            ]


def _found(systems: list[Figures]) -> Iterator[list[str]]:
    yield ["system", *SOURCES.values()]
    for system in systems:
        if system["found"]:
            shares = (system["found"].get(source) for source in SOURCES)
            yield [system["name"], *("" if s is None else f"{100 * s:.1f} %" for s in shares)]


def _terms(systems: list[Figures]) -> Iterator[list[str]]:
    yield ["system", "what its own code does to a face", "licence"]
    for system in systems:
        yield [system["name"], system["preprocessing"], system["licence"]]


def _of(system: Figures, source: str, task: str) -> Figures:
    """Figures of one task on one data set, by framing."""
    framings = system["quality"].get(source, {})
    return {name: figures[task] for name, figures in framings.items() if task in figures}
