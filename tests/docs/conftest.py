"""A running app for the examples of the pages."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.app_process import AppProcess, running_app


@pytest.fixture(scope="package")
def app() -> Iterator[AppProcess]:
    with running_app() as process:
        yield process
