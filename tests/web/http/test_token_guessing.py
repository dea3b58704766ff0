"""Guesses of an access token over real connections, under each server."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.support.app_process import AppProcess, Mode, running_app
from tests.web.engineio_client import is_closed, opened_wire
from tests.web.recorder import connected
from web.http.token_guard import FREE_GUESSES, MAX_WAITING_PER_ADDRESS

WRONG = '40{"token":"guess"}'


@pytest.fixture(scope="module", params=["eventlet", "gunicorn", "threading"])
def guarded_app(app: AppProcess, request: pytest.FixtureRequest) -> Iterator[AppProcess]:
    """An app with a token; it uses the other app's model server."""
    mode: Mode = request.param
    settings = {"MIEN_MODEL_SERVER": app.model_server_target, "MIEN_ACCESS_TOKEN": "open sesame"}
    with running_app(mode, **settings) as process:
        yield process


def test_a_connection_is_closed_after_five_wrong_tokens(guarded_app: AppProcess) -> None:
    with opened_wire(guarded_app) as wire:
        for _ in range(5):
            wire.send(WRONG)
            assert str(wire.recv()).startswith("44")
        assert is_closed(wire)


def test_who_has_the_token_connects_while_others_of_the_address_guess(
    guarded_app: AppProcess,
) -> None:
    with opened_wire(guarded_app) as first, opened_wire(guarded_app) as second:
        for wire in (first, second):
            for _ in range(4):
                wire.send(WRONG)
        with connected(guarded_app.url, auth={"token": "open sesame"}) as client:
            assert client.wait_for("session")


def test_beyond_those_that_wait_a_guess_is_refused_at_once_and_costs_the_connection(
    guarded_app: AppProcess,
) -> None:
    with ExitStack() as waiting:
        for _ in range(FREE_GUESSES + MAX_WAITING_PER_ADDRESS):
            waiting.enter_context(opened_wire(guarded_app)).send(WRONG)
        with opened_wire(guarded_app) as wire:
            wire.send(WRONG)
            assert "Too many" in str(wire.recv())
            assert is_closed(wire)
