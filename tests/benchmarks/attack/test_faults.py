"""Faults of the model server at random moments."""

from __future__ import annotations

import signal

import pytest

from benchmarks.attack.faults import ModelFaults


class StandIn:
    """A process that records its signals."""

    def __init__(self) -> None:
        self.signals: list[int] = []

    def send_signal(self, number: int) -> None:
        self.signals.append(number)


def _run(monkeypatch: pytest.MonkeyPatch, seed: int) -> tuple[list[int], ModelFaults]:
    server = StandIn()
    monkeypatch.setattr("benchmarks.attack.faults.model_server", lambda _: server)
    faults = ModelFaults(app_pid=0, seed=seed)
    for second in range(3600):
        faults.tick(second)
    faults.release()
    return server.signals, faults


def test_an_hour_has_both_kinds_of_faults_and_every_hang_ends(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    signals, faults = _run(monkeypatch, seed=12)
    assert signals.count(signal.SIGKILL) == faults.kills > 0
    assert signals.count(signal.SIGSTOP) == signals.count(signal.SIGCONT) == faults.hangs > 0


def test_the_same_seed_gives_the_same_faults(monkeypatch: pytest.MonkeyPatch) -> None:
    assert _run(monkeypatch, seed=3)[0] == _run(monkeypatch, seed=3)[0]
    assert _run(monkeypatch, seed=3)[0] != _run(monkeypatch, seed=4)[0]
