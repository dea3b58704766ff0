"""Loops for attacks. Each has a limited rate and count, and ends at a deadline."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

from benchmarks.attack.endpoint import Deadline

Action = Callable[[Deadline], object]

SLICE_SECONDS = 0.05
OPENING_THREADS = 8


def repeat(action: Action, deadline: Deadline, per_second: float, threads: int = 1) -> int:
    """Repeats an action until the deadline; an `OSError` ends one round, not the loop.

    Args:
        action: One round, such as one connection. It should return at the deadline.
        deadline: When to stop.
        per_second: Maximum of rounds per second and thread.
        threads: Number of concurrent threads.

    Returns:
        The number of rounds.
    """

    def loop(_: int) -> int:
        rounds = 0
        while not deadline.is_over:
            turn = Deadline.after(1 / per_second)
            with suppress(OSError):
                action(deadline)
            rounds += 1
            deadline.wait(turn.left)
        return rounds

    with ThreadPoolExecutor(threads) as pool:
        return sum(pool.map(loop, range(threads)))


def pour(wire: socket.socket, block: bytes, bytes_per_second: float, deadline: Deadline) -> int:
    """Sends a block repeatedly at a steady rate; returns the number of bytes.

    Responses are read and discarded.

    Raises:
        OSError: The service closed the connection.
    """
    start, sent = time.monotonic(), 0
    while not deadline.is_over:
        due = (time.monotonic() - start) * bytes_per_second
        while sent <= due and not deadline.is_over:
            wire.sendall(block)
            sent += len(block)
        discard_responses(wire, SLICE_SECONDS)
    return sent


def discard_responses(wire: socket.socket, seconds: float) -> None:
    """Reads and discards available data, and waits for some seconds if there is none.

    Raises:
        ConnectionError: The service closed the connection.
    """
    before = wire.gettimeout()
    wire.settimeout(seconds)
    try:
        if not wire.recv(1 << 20):
            raise ConnectionResetError("the service closed the connection")
    except TimeoutError:
        pass
    finally:
        wire.settimeout(before)


def hold(
    opening: Callable[[int], socket.socket],
    count: int,
    deadline: Deadline,
    keep: Callable[[socket.socket], object] | None = None,
    per_second: int = 400,
) -> int:
    """Holds connections open, and replaces those that were closed.

    Args:
        opening: Opens the connection of a number from 0.
        count: Number of connections to hold.
        deadline: When to close them all.
        keep: Called for each once a second, to keep it alive; an `OSError` means it is gone.
        per_second: Maximum of connections to open per second.

    Returns:
        The number of connections that were open at the end.
    """
    wires: dict[int, socket.socket] = {}
    try:
        while not deadline.is_over:
            turn = Deadline.after(1)
            missing = [number for number in range(count) if number not in wires]
            _open(opening, wires, missing[:per_second], deadline)
            turn.wait()
            _forget_closed(wires, keep)
        return len(wires)
    finally:
        for wire in wires.values():
            wire.close()


def _open(
    opening: Callable[[int], socket.socket],
    wires: dict[int, socket.socket],
    numbers: list[int],
    deadline: Deadline,
) -> None:
    def open_one(number: int) -> None:
        with suppress(OSError):
            if not deadline.is_over:
                wires[number] = opening(number)

    with ThreadPoolExecutor(OPENING_THREADS) as pool:
        pool.map(open_one, numbers)


def _forget_closed(
    wires: dict[int, socket.socket], keep: Callable[[socket.socket], object] | None
) -> None:
    for number, wire in list(wires.items()):
        try:
            discard_responses(wire, 0.0)
            if keep is not None:
                keep(wire)
        except (BlockingIOError, InterruptedError):
            continue
        except OSError:
            wire.close()
            del wires[number]
