"""Parent of several app processes: opens the port, deals connections out, and keeps them running.

It imports neither the app nor eventlet, and takes 35 MiB.
"""

from __future__ import annotations

import os
import selectors
import time
from typing import NoReturn

from process.immediate_exit import exit_immediately
from process.private_folder import PrivateFolder
from process.stop_signals import stop_sockets
from telemetry.logs import print_line
from web.processes.child import Child
from web.processes.dealer import Dealer, open_mailbox
from web.processes.loads import Loads
from web.processes.place import Place
from web.server.addresses import page_addresses
from web.server.listener import open_socket
from web.server.startup import EXIT_CODE, fail_startup, prepare_process, settings_or_exit
from web.server.tls_files import tls_files
from web.settings import Settings

CHECK_SECONDS = 0.25
STOP_SECONDS = 10.0


def main() -> NoReturn:
    """Serves with several app processes until the process is told to stop."""
    os.environ.setdefault("MIEN_LOG_LEVEL", "WARNING")
    settings = settings_or_exit()
    prepare_process(settings)
    try:
        if settings.server.async_mode != "eventlet":
            raise ValueError("MIEN_PROCESSES needs MIEN_ASYNC_MODE=eventlet.")
        parent = Parent(settings)
    except (OSError, ValueError) as error:
        fail_startup(error, settings.observability.log_format)
    exit_immediately(parent.run())


class Parent:
    """The parent of several app processes.

    Args:
        settings: All settings.

    Raises:
        CannotListen: The port is in use, or a TLS file is wrong.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._stop, self._tell = stop_sockets()
        self._listener = open_socket(settings.server)
        self._folder = PrivateFolder()
        # All processes keep both ends, so that connections wait while a process starts again.
        self._mailboxes = [open_mailbox() for _ in range(settings.server.processes)]
        self._children = [Child(place, self._environment()) for place in self._places()]
        loads = Loads(self._children[0].place.loads_file, len(self._children))
        self._dealer = Dealer(self._listener, [outbox for _, outbox in self._mailboxes], loads)
        self._is_announced = False

    def run(self) -> int:
        """Runs the processes until this one is told to stop.

        Returns:
            The exit code.
        """
        print_line("Loading models", self._settings.observability.log_format)
        self._children[0].start()
        code = None
        while code is None:
            code = self._turn()
        self._end()
        return code

    def _turn(self) -> int | None:
        """Waits for something to do, and does it. Returns the exit code at the end."""
        ready = self._wait()
        if self._stop in ready:
            return 0
        for child in self._children:
            if child.control in ready:
                child.read()
        if self._listener in ready:
            self._dealer.deal(self._takers())
        return self._look_after_children()

    def _wait(self) -> list[object]:
        with selectors.DefaultSelector() as selector:
            sockets = [self._stop, *(child.control for child in self._children)]
            if self._takers():
                sockets.append(self._listener)
            for each in filter(None, sockets):
                selector.register(each, selectors.EVENT_READ)
            return [key.fileobj for key, _ in selector.select(CHECK_SECONDS)]

    def _look_after_children(self) -> int | None:
        """Starts processes that are missing, and says when all are ready."""
        for child in self._children:
            code = child.exit_code()
            if code is not None and not self._is_announced and code == EXIT_CODE:
                return code  # It has said why it cannot start.
            if code is not None:
                child.start_later()
                inbox, _ = self._mailboxes[child.place.index]
                self._dealer.deal_again(inbox, self._takers())
            if child.start_if_due():
                self._dealer.forget(child.place.index)
        self._start_others()
        self._announce()
        return None

    def _start_others(self) -> None:
        """Starts the other processes after the first, which says what is wrong if it cannot."""
        if self._children[0].takes_connections:
            for child in self._children[1:]:
                child.start_first()

    def _announce(self) -> None:
        states = [child.state for child in self._children]
        if self._is_announced or not all(states):
            return
        self._is_announced = True
        line = f"Mien {states[0]}: {page_addresses(self._settings.server)}"
        print_line(line, self._settings.observability.log_format)

    def _takers(self) -> list[int]:
        return [child.place.index for child in self._children if child.takes_connections]

    def _end(self) -> None:
        for child in self._children:
            child.terminate()
        deadline = time.monotonic() + STOP_SECONDS
        for child in self._children:
            child.wait(deadline)
        self._folder.remove()

    def _environment(self) -> dict[str, str]:
        files = tls_files(self._settings.server, self._folder.path)
        names = ("MIEN_TLS_CERTIFICATE", "MIEN_TLS_KEY")
        return dict(zip(names, map(str, files), strict=True)) if files else {}

    def _places(self) -> list[Place]:
        outboxes = tuple(outbox.fileno() for _, outbox in self._mailboxes)
        host, port = self._listener.getsockname()[:2]
        return [
            Place(index, len(outboxes), inbox.fileno(), outboxes, (host, port), str(path))
            for index, (inbox, _) in enumerate(self._mailboxes)
            for path in [self._folder.path]
        ]
