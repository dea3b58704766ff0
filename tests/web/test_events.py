from __future__ import annotations

import io
import logging
from types import SimpleNamespace
from typing import Any

from flask import Flask
from flask_socketio import SocketIO

from telemetry.logs import build_formatter
from web.events import add_events
from web.settings import Settings


def _broken_session(sid: str) -> Any:
    raise OSError("broken")


def test_a_defect_in_an_event_is_logged_with_its_session() -> None:
    sessions = SimpleNamespace(get=_broken_session, close=None)
    server = SocketIO(Flask("mien"), async_mode="threading").server
    service = SimpleNamespace(sessions=sessions, settings=Settings())
    add_events(SimpleNamespace(server=server), service)  # type: ignore[arg-type]
    log = logging.StreamHandler(io.StringIO())
    log.setFormatter(build_formatter("text"))
    logging.getLogger().addHandler(log)

    acknowledgement = server.handlers["/"]["configure"]("s1", {})

    logging.getLogger().removeHandler(log)
    assert acknowledgement["code"] == "internal"
    assert "a client's request failed [session_id=s1]" in log.stream.getvalue()
