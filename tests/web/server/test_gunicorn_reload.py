"""Gunicorn's reload: the new worker takes over the port of the metrics from the old one."""

from __future__ import annotations

import re
import signal
from urllib.error import URLError
from urllib.request import ProxyHandler, build_opener

from tests.support.app_process import free_port, get_status, running_app

OPENER = build_opener(ProxyHandler({}))


def _started_at(port: int) -> str | None:
    """When the process started that shows its metrics on a port, if one does."""
    try:
        with OPENER.open(f"http://127.0.0.1:{port}/metrics", timeout=20) as page:
            text = page.read().decode()
    except (URLError, OSError):
        return None
    return re.findall(r"^process_start_time_seconds (.+)$", text, re.MULTILINE)[0]


def test_a_reload_ends_neither_the_service_nor_its_metrics() -> None:
    port = free_port()
    settings = {"MIEN_METRICS_PORT": str(port), "MIEN_MODEL_SERVER": "127.0.0.1:9"}
    with running_app("gunicorn", ready=False, **settings) as app:
        before = _started_at(port)
        assert before

        app.process.send_signal(signal.SIGHUP)

        while _started_at(port) in {before, None}:
            pass
        assert get_status(f"{app.url}/healthz") == 200
