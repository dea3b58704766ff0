"""The page has every result, and names systems without one."""

from __future__ import annotations

import pytest

from benchmarks.peers.report import to_markdown
from benchmarks.peers.systems import MIEN

NETWORK = {"name": "emotion", "parameters": 58_423, "megabytes": 0.5, "milliseconds": 2.25}


def emotion(accuracy):
    return {
        "accuracy": accuracy,
        "plus_minus": 0.01,
        "macro_f1": 0.5,
        "common_accuracy": accuracy,
        "common_macro_f1": 0.6,
    }


def system(title, accuracies):
    quality = {name: {"emotion": emotion(value)} for name, value in accuracies.items()}
    return {
        "name": title,
        "runtime": "a runtime",
        "licence": "MIT",
        "preprocessing": "none",
        "peak_mib": 100.0,
        "networks": [NETWORK, NETWORK],
        "detected": {},
        "quality": {"ferplus": quality},
    }


def page(*systems):
    return to_markdown(
        {"machine": "a machine", "faces": {"ferplus": 9}, "systems": list(systems)},
    )


def row(text, section, name):
    table = text.split(f"## {section}")[1].split("\n## ")[0]
    return next(line for line in table.splitlines() if line.startswith(f"| {name} "))


@pytest.mark.parametrize(
    ("name", "shown"), [("a peer", "80.0 ± 1.0 % (whole)"), (MIEN.name, "70.0 ± 1.0 % (crop)")]
)
def test_a_peer_is_shown_at_its_best_and_mien_as_it_serves(name, shown):
    text = page(system(name, {"whole": 0.8, "crop": 0.7}))

    assert shown in row(text, "Best input", name)


def test_the_summary_adds_up_the_networks():
    summary = row(page(system("a peer", {"whole": 0.8})), "Best input", "a peer")

    assert summary.endswith("| 4.50 | 1.00 |")


def test_a_system_that_failed_is_named_with_the_reason():
    text = page(system(MIEN.name, {"crop": 0.7}), {"name": "a peer", "failed": "no network"})

    assert text.endswith("a peer failed: no network.\n")


def test_every_row_of_a_table_has_as_many_cells_as_its_head():
    tables = [
        part.splitlines()
        for part in page(system("a peer", {"whole": 0.8})).split("\n\n")
        if part.startswith("| ")
    ]

    for head, *body in tables:
        assert {line.count(" | ") for line in body[1:]} <= {head.count(" | ")}
