"""Networks without WebSockets: the page uses long polling."""

from __future__ import annotations

import pytest

from tests.browser.conftest import Visit
from tests.browser.upgrade_proxy import upgrade_proxy
from tests.support.app_process import AppProcess

BAD_REQUEST = b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"
BAD_GATEWAY = b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n"
HANG_UP = b"\r\n"


@pytest.mark.parametrize("response", [b"", BAD_REQUEST, BAD_GATEWAY, HANG_UP])
def test_a_face_is_analyzed_behind_a_proxy_without_websockets(
    app: AppProcess, visit: Visit, response: bytes
) -> None:
    with upgrade_proxy(app.port, response) as proxy:
        visitor = visit(proxy.url)
        visitor.expect_connected()
        assert proxy.upgrades == 1
        visitor.start_camera().expect_astronaut()
