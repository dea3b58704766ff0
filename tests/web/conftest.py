from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.app_process import AppProcess, Mode, running_app
from tests.support.moving_face import jpeg


@pytest.fixture(scope="session")
def app() -> Iterator[AppProcess]:
    with running_app() as process:
        yield process


@pytest.fixture(scope="session", params=["eventlet", "gunicorn", "threading"])
def any_app(request: pytest.FixtureRequest) -> Iterator[AppProcess]:
    """The same app under each server that it must run under."""
    mode: Mode = request.param
    if mode == "eventlet":
        yield request.getfixturevalue("app")
    else:
        with running_app(mode) as process:
            yield process


@pytest.fixture(scope="session")
def frame() -> bytes:
    """A webcam frame with one face, 640 by 480."""
    return jpeg(0.0)
