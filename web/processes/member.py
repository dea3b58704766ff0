"""Serves as one of several app processes."""

from __future__ import annotations

import socket

from flask import Flask

from web.processes.loads import Loads
from web.processes.place import Place
from web.server.runtime import runtime_of
from web.server.serve import serve_until_stopped
from web.server.tls_files import tls_files
from web.transport.admission import Admission
from web.transport.tls import build_context

STARTED = "started"
"""First line to the parent: this process takes connections."""

CONTROL = 0
"""Descriptor of the socket to the parent, in the place of standard input."""


def serve_member(app: Flask, place: Place) -> None:
    """Serves a started app until its parent stops it or ends.

    Its parent then says whether everything works: it is told so in a line.
    """
    control = socket.socket(fileno=CONTROL)
    _tell(control, STARTED)

    def run(admission: Admission) -> None:
        _serve(app, place, admission)

    serve_until_stopped(app, run, lambda state: _tell(control, state), lambda: control.recv(1))


def _serve(app: Flask, place: Place, admission: Admission) -> None:
    from web.transport.green_server import serve_mailbox  # It imports eventlet.
    from web.transport.mailbox import Mailbox
    from web.transport.switchboard import Switchboard

    loads = Loads(place.loads_file, place.count)

    def changed(by: int) -> None:
        loads[place.index] += by

    files = tls_files(runtime_of(app).service.settings.server, place.loads_file.parent)
    tls = build_context(*files) if files else None
    mailbox = Mailbox(place.inbox, place.address, changed)
    switchboard = Switchboard(place.index, place.outboxes)
    serve_mailbox(app, mailbox, tls, admission, switchboard, changed)


def _tell(control: socket.socket, line: str) -> None:
    control.sendall(f"{line}\n".encode())
