"""The app process in the id of a session."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from web.transport.session_ids import number_sessions, process_of


@pytest.mark.parametrize(
    ("sid", "process"),
    [
        ("0.abc", 0),
        ("12.abc", 12),
        ("-1.abc", None),
        ("\u0662.abc", None),
        ("abc", None),
        (".", None),
        ("", None),
    ],
)
def test_the_number_in_front_is_the_process(sid: str, process: int | None) -> None:
    assert process_of(sid) == process


def test_ids_are_numbered_once() -> None:
    engine = SimpleNamespace(generate_id=lambda: "abc")
    number_sessions(engine, 3)
    number_sessions(engine, 3)
    assert engine.generate_id() == "3.abc"
