from __future__ import annotations

import io
import logging
import time
from types import SimpleNamespace
from typing import Any

from telemetry.logs import build_formatter
from web.live.namespace import LiveNamespace
from web.settings import Settings


def _broken_session(sid: str) -> Any:
    raise OSError("broken")


def test_a_defect_in_an_event_is_logged_with_its_session() -> None:
    sessions = SimpleNamespace(get=_broken_session, close=None)
    service: Any = SimpleNamespace(sessions=sessions, settings=Settings(), reader=None)
    namespace = LiveNamespace(service, time.sleep)
    log = logging.StreamHandler(io.StringIO())
    log.setFormatter(build_formatter("text"))
    logging.getLogger().addHandler(log)

    acknowledgement = namespace.on_configure("s1", {})

    logging.getLogger().removeHandler(log)
    assert acknowledgement["code"] == "internal"
    assert "The request of a client failed. [session_id=s1]" in log.stream.getvalue()
