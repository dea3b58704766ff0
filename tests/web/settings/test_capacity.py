"""Limits that follow from the machine's cores."""

from __future__ import annotations

import pytest

from web.settings import capacity, read_settings
from web.settings.capacity import CORES_PER_PROCESS, auto_connections, auto_sessions


@pytest.fixture(autouse=True)
def many_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(capacity, "available_cores", lambda: 64)


def test_sessions_follow_from_cores_and_the_cost_of_a_frame() -> None:
    one = auto_sessions(64, cores=1)
    assert one * capacity.FRAME_CPU_MS * capacity.LEAST_FRAMES_PER_SECOND == pytest.approx(
        1000, abs=capacity.FRAME_CPU_MS * capacity.LEAST_FRAMES_PER_SECOND
    )
    assert auto_sessions(64) == pytest.approx(64 * one, abs=64)


def test_one_process_uses_few_cores() -> None:
    assert auto_sessions(1) == auto_sessions(64, cores=CORES_PER_PROCESS)
    assert auto_sessions(2) == auto_sessions(64, cores=2 * CORES_PER_PROCESS)


def test_each_session_may_have_two_connections() -> None:
    assert auto_connections(1) == capacity.LEAST_CONNECTIONS
    assert auto_connections(64) == 2 * auto_sessions(64)


@pytest.mark.parametrize("given", [{}, {"MIEN_MAX_SESSIONS": "auto"}])
def test_auto_follows_from_the_number_of_processes(given: dict[str, str]) -> None:
    single, many = read_settings(given), read_settings({"MIEN_PROCESSES": "64", **given})
    assert single.sessions.max_sessions == auto_sessions(1)
    assert many.sessions.max_sessions == auto_sessions(64)
    assert many.sessions.max_sessions_per_address == auto_sessions(64) // 2
    assert many.limits.max_connections_per_address == auto_sessions(64)


def test_a_number_stays_as_it_is() -> None:
    settings = read_settings({"MIEN_PROCESSES": "64", "MIEN_MAX_SESSIONS": "7"})
    assert settings.sessions.max_sessions == 7
