"""The page under a path of another site, behind the proxies of docs/how-to/reverse-proxies.md."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Response, expect

from tests.browser.conftest import Visit
from tests.support.app_process import AppProcess, get_status, running_app
from tests.support.proxies import running_documented
from tests.web.recorder import connected

TRUSTING = {"MIEN_TRUSTED_PROXIES": "127.0.0.1"}

CUT = {"nginx": "127.0.0.1:{port}/;", "haproxy": "    http-request replace-path ^/mien/(.*) /\\1\n"}
KEPT = {"nginx": "127.0.0.1:{port};", "haproxy": ""}
SAID = {
    "nginx": "proxy_set_header X-Forwarded-Prefix /mien;",
    "haproxy": "http-request set-header X-Forwarded-Prefix /mien if { path_beg /mien/ }",
}


@pytest.fixture(scope="module")
def trusting_app(app: AppProcess) -> Iterator[AppProcess]:
    with running_app(MIEN_MODEL_SERVER=app.model_server_target, **TRUSTING) as process:
        yield process


@pytest.fixture(scope="module")
def mounted_app(app: AppProcess) -> Iterator[AppProcess]:
    """Under gunicorn, which knows its path by gunicorn's own variable."""
    target = app.model_server_target
    with running_app("gunicorn", MIEN_MODEL_SERVER=target, SCRIPT_NAME="/mien") as process:
        yield process


def _changes(proxy: str, port: int, keeps: bool, says: bool) -> dict[str, str]:
    kept = {CUT[proxy].format(port=port): KEPT[proxy].format(port=port)} if keeps else {}
    return {**kept, **({} if says else {SAID[proxy]: ""})}


@pytest.mark.parametrize("proxy", ["nginx", "haproxy"])
@pytest.mark.parametrize(("keeps", "says"), [(False, True), (True, True), (False, False)])
def test_a_face_is_analyzed_under_a_path(
    trusting_app: AppProcess, visit: Visit, tmp_path: Path, proxy: str, keeps: bool, says: bool
) -> None:
    port = trusting_app.port
    with running_documented(proxy, port, tmp_path, _changes(proxy, port, keeps, says)) as url:
        _expect_predictions(visit, url)


@pytest.mark.parametrize("proxy", ["nginx", "haproxy"])
@pytest.mark.parametrize("keeps", [True, False])
def test_an_app_that_knows_its_path_needs_no_header(
    mounted_app: AppProcess, visit: Visit, tmp_path: Path, proxy: str, keeps: bool
) -> None:
    port = mounted_app.port
    with running_documented(proxy, port, tmp_path, _changes(proxy, port, keeps, False)) as url:
        _expect_predictions(visit, url)
    assert get_status(f"{mounted_app.url}/healthz") == 200


def test_a_client_may_poll_under_a_path(trusting_app: AppProcess, tmp_path: Path) -> None:
    with (
        running_documented("nginx", trusting_app.port, tmp_path, {}) as url,
        connected(url, transport="polling", socketio_path="/mien/socket.io") as client,
    ):
        assert client.wait_for("session")


def _expect_predictions(visit: Visit, url: str) -> None:
    """Everything works, and the page, its worker and its model come from below the path."""
    visitor = visit("about:blank")
    responses: list[Response] = []

    def note(response: Response) -> None:  # Playwright takes no built-in method.
        responses.append(response)

    visitor.page.on("response", note)
    visitor.open(f"{url}/mien")
    switch = visitor.page.get_by_role("switch", name="Find faces in the browser")
    switch.set_checked(True)
    expect(switch).to_have_attribute("data-state", "on")
    switch.set_checked(False)
    visitor.start_camera().expect_astronaut()
    assert visitor.wire.events("frame")  # By WebSocket.
    paths = [each.url.removeprefix(url) for each in responses if each.url.startswith(url)]
    assert all(path == "/mien" or path.startswith("/mien/") for path in paths)
    assert any(path.endswith(".tflite") for path in paths)
    assert all(each.status < 400 for each in responses)
    assert visitor.console_errors == []
