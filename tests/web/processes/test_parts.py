"""Parts of several app processes, without a process."""

from __future__ import annotations

import io
import json
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from process.cores import available_cores
from web.processes.dealer import Dealer, open_mailbox
from web.processes.loads import Loads
from web.processes.place import Place, is_parent, read_place
from web.processes.shares import share_settings
from web.settings import Settings, read_settings
from web.transport.http_body import PacedReader
from web.transport.outbox import MailboxFull, post, unpack

PLACE = Place(1, 4, 3, (4, 5, 6, 7), ("127.0.0.1", 5000), "/tmp/mien-x")


def test_a_process_reads_the_place_that_its_parent_gave_it() -> None:
    assert read_place(PLACE.to_arguments()) == PLACE
    assert read_place([]) is None
    assert read_place(["serve", "--port", "1"]) is None


@pytest.mark.parametrize(
    ("wanted", "arguments", "expected"),
    [
        ("4", [], True),
        ("auto", ["serve"], True),
        ("1", [], False),
        ("", [], False),
        ("4", PLACE.to_arguments(), False),
    ],
)
def test_only_the_first_of_several_processes_is_the_parent(
    wanted: str, arguments: list[str], expected: bool
) -> None:
    assert is_parent({"MIEN_PROCESSES": wanted} if wanted else {}, arguments) is expected


def test_two_processes_share_a_model_server() -> None:
    places = [Place(index, 3, 3, (), ("", 0), "/tmp/mien-x") for index in range(3)]
    assert [place.owns_model_server for place in places] == [True, False, True]
    assert len({place.model_socket for place in places}) == 2


def test_limits_are_shared_and_each_process_has_its_metrics_port() -> None:
    settings = read_settings({"MIEN_MAX_SESSIONS": "10", "MIEN_METRICS_PORT": "9100"})
    shared = share_settings(settings, PLACE)
    assert shared.sessions.max_sessions == 3
    assert shared.limits.max_connections == settings.limits.max_connections / 4
    assert shared.detection.workers == 1
    assert shared.observability.metrics_port == 9101
    assert shared.limits.max_faces == settings.limits.max_faces


def test_without_metrics_no_process_has_a_port() -> None:
    assert share_settings(Settings(), PLACE).observability.metrics_port == 0


@pytest.mark.parametrize(
    ("text", "cores"), [("150000 100000", 2), ("50000 100000", 1), ("max 100000", None), ("", None)]
)
def test_a_container_has_the_cores_of_its_limit(
    tmp_path: Path, text: str, cores: int | None
) -> None:
    limit = tmp_path / "cpu.max"
    limit.write_text(text)
    unlimited = available_cores(tmp_path / "gone")
    assert available_cores(limit) == (unlimited if cores is None else min(cores, unlimited))


def test_auto_is_one_process_per_core() -> None:
    assert read_settings({"MIEN_PROCESSES": "auto"}).server.processes == available_cores()


@pytest.mark.parametrize("size", [1, 3, 100])
def test_what_another_process_has_read_comes_first(size: int) -> None:
    reader = PacedReader(io.BytesIO(b" world"), b"hello")
    parts = []
    while part := reader.read(size):
        parts.append(part)
    assert b"".join(parts) == b"hello world"


def test_after_its_end_nothing_more_is_read() -> None:
    buffered = io.BufferedReader(PacedReader(io.BytesIO(b"more"), b"early"))
    assert buffered.read(2) == b"ea"
    buffered.raw.end()  # type: ignore[attr-defined]
    assert buffered.read() == b"rly"


class Scene:
    """A port, the mailboxes of three processes, and a dealer."""

    def __init__(self, stack: ExitStack, folder: Path) -> None:
        self.listener = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        self.mailboxes = [open_mailbox() for _ in range(3)]
        for each in [end for pair in self.mailboxes for end in pair]:
            stack.enter_context(each)
        self.loads = Loads(folder / "loads", 3)
        outboxes = [outbox for _, outbox in self.mailboxes]
        self.dealer = Dealer(self.listener, outboxes, self.loads)
        self._stack = stack

    def connect(self, *takers: int) -> int:
        """Connects a client; returns the process that gets the connection."""
        address = self.listener.getsockname()
        client = self._stack.enter_context(socket.create_connection(address))
        self.dealer.deal(takers)
        for index, (inbox, _) in enumerate(self.mailboxes):
            try:
                message, [file], _, _ = socket.recv_fds(inbox, 1024, 1)
            except BlockingIOError:
                continue
            self._stack.enter_context(socket.socket(fileno=file))
            assert json.loads(message) == list(client.getsockname())
            return index
        raise LookupError("nobody got it")


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    with ExitStack() as stack:
        yield Scene(stack, tmp_path)


def test_the_process_with_the_fewest_connections_gets_the_next(scene: Scene) -> None:
    assert [scene.connect(0, 1, 2) for _ in range(4)] == [0, 1, 2, 0]
    scene.loads[2] -= 1  # One of its connections has ended.
    assert scene.connect(0, 1, 2) == 2
    scene.loads[1] += 5  # It took five over from others.
    assert [scene.connect(1, 2) for _ in range(2)] == [2, 2]


def test_a_process_that_does_not_run_gets_none(scene: Scene) -> None:
    assert [scene.connect(1) for _ in range(3)] == [1, 1, 1]


def test_a_process_that_was_started_again_has_none(scene: Scene) -> None:
    assert [scene.connect(1) for _ in range(3)] == [1, 1, 1]
    scene.dealer.forget(1)
    assert [scene.connect(0, 1) for _ in range(2)] == [0, 1]


def test_what_a_process_left_in_its_mailbox_goes_to_another(scene: Scene) -> None:
    inbox, outbox = scene.mailboxes[0]
    post(outbox, scene.listener, ["192.0.2.1", 7])
    post(outbox, scene.listener, ["192.0.2.2", 8], b"GET /?sid=0.abc HTTP/1.1")
    scene.dealer.deal_again(inbox, [])  # Nobody is there to take it.
    scene.dealer.deal_again(inbox, [1, 2])
    message, [file], _, _ = socket.recv_fds(scene.mailboxes[1][0], 1024, 1)
    socket.socket(fileno=file).close()
    assert unpack(message) == (("192.0.2.1", 7), b"")
    for empty in (0, 1, 2):
        with pytest.raises(BlockingIOError):
            scene.mailboxes[empty][0].recv(1024)


def test_a_full_mailbox_is_passed_over(scene: Scene) -> None:
    with pytest.raises(MailboxFull):
        while True:
            post(scene.mailboxes[0][1], scene.listener, ["", 0], b"x" * 65536)
    address = scene.listener.getsockname()
    with socket.create_connection(address):
        scene.dealer.deal([0, 1])
    _, [file], _, _ = socket.recv_fds(scene.mailboxes[1][0], 1024, 1)
    socket.socket(fileno=file).close()
