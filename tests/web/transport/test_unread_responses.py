"""Clients that disconnect without reading the response leave nothing behind."""

from __future__ import annotations

import socket
import time

from tests.support.app_process import AppProcess

GET = b"GET /static/vendor/face_detection_full_range.tflite HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
CLIENTS = 10
SMALL_BUFFER = 4096
SECONDS = 20


def hang_up_unread(app: AppProcess) -> None:
    with socket.socket() as wire:
        wire.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL_BUFFER)
        wire.connect(("127.0.0.1", app.port))
        wire.sendall(GET * 20)
        while len(wire.recv(4096, socket.MSG_PEEK)) < SMALL_BUFFER // 4:
            pass  # Until the server waits for room.


def test_their_descriptors_are_closed(any_app: AppProcess) -> None:
    server = max([any_app.process, *any_app.process.children()], key=lambda p: p.num_fds())
    hang_up_unread(any_app)
    before = server.num_fds()
    for _ in range(CLIENTS):
        hang_up_unread(any_app)
    deadline = time.monotonic() + SECONDS
    while server.num_fds() > before and time.monotonic() < deadline:
        time.sleep(0.05)  # That a descriptor was closed tells nobody.
    assert server.num_fds() <= before
