"""More well-behaved clients than the machine can serve (item 13)."""

from __future__ import annotations

import dataclasses
import json
import time
from collections.abc import Callable, Iterable
from functools import partial

from benchmarks.attack.attacks.attack import Attack, Outcome
from benchmarks.attack.attacks.cameras import Camera, stream
from benchmarks.attack.endpoint import Endpoint
from benchmarks.attack.neighbour import FRAMES_PER_SECOND
from benchmarks.attack.samples import jain_index, percentile
from benchmarks.attack.wire import BINARY, Link, packet
from serving.contract import load_contract
from tests.support.moving_face import jpeg

CAPACITY_CLIENTS, CLIENTS = 8, 200
CAPACITY_SHARE = 0.25
"""Share of the attack's time; the rest is the overload."""
BOXES_ALONE = packet(
    b'42["configure",{"models":'
    + json.dumps({name: {"enabled": False} for name in load_contract()}).encode()
    + b"}]"
)
MIN_OF_CAPACITY, MIN_FAIRNESS, MAX_MS = 0.9, 0.95, 300.0


def overload(times: float, endpoint: Endpoint) -> Outcome:
    """Measures the capacity with eight clients, and then offers a multiple of it with 200.

    The eight send the next frame after each ack. The 200 send by the clock without waiting. All
    disable the models: a client that sends rarely asks all models about each frame, and one that
    sends often about few frames, so a frame would not cost the same in both parts. The neighbour's
    own frames count as part of the capacity. The attacker's own processor time, `own_cores`, is not
    available to the service.
    """
    image = packet(jpeg(0.0, 320, 240), BINARY)
    seconds = endpoint.seconds * CAPACITY_SHARE
    few = _cameras(
        endpoint, range(CLIENTS, CLIENTS + CAPACITY_CLIENTS), lambda wire: (wire, image, 0)
    )
    stream(few, seconds)
    capacity = sum(camera.analysed for camera in few) / seconds + FRAMES_PER_SECOND
    rate = times * capacity / CLIENTS
    seconds = endpoint.seconds - seconds
    many = _cameras(
        endpoint, range(CLIENTS), lambda wire: (wire, image, rate, wire.fileno() % 97 / 97 / rate)
    )
    cpu = time.process_time()
    stream(many, seconds)
    own_cpu = (time.process_time() - cpu) / seconds
    return _assess({**_values(many, capacity, seconds), "own_cores": own_cpu})


def _cameras(
    endpoint: Endpoint, numbers: Iterable[int], options: Callable[..., tuple[object, ...]]
) -> list[Camera]:
    links = []
    for number in numbers:
        source = f"127.0.1.{number + 1}" if endpoint.crowd else endpoint.source
        try:
            link = Link(dataclasses.replace(endpoint, source=source)).join()
            link.wire.sendall(BOXES_ALONE)
        except OSError:
            continue
        links.append(link)
    return [Camera(*options(link.wire)) for link in links]  # type: ignore[arg-type]


def _values(cameras: list[Camera], capacity: float, seconds: float) -> dict[str, float]:
    analysed = [camera.analysed for camera in cameras]
    return {
        "capacity": capacity,
        "offered": sum(camera.offered for camera in cameras) / seconds,
        "analysed": sum(analysed) / seconds,
        "of_capacity": sum(analysed) / seconds / capacity,
        "fairness": jain_index(analysed),
        "p95_ms": percentile([ms for camera in cameras for ms in camera.ms], 95),
        "sessions": len(cameras),
        "sessions_left": sum(camera.is_open for camera in cameras),
    }


def _assess(notes: dict[str, float]) -> Outcome:
    outcome = Outcome(notes)
    if notes["of_capacity"] < MIN_OF_CAPACITY:
        outcome.faults.append(f"analyzes {notes['of_capacity']:.0%} of capacity")
    if notes["fairness"] < MIN_FAIRNESS:
        outcome.faults.append(f"Jain's index {notes['fairness']:.2f}")
    if notes["p95_ms"] >= MAX_MS:
        outcome.faults.append(f"p95 of analyzed frames {notes['p95_ms']:.0f} ms")
    return outcome


ATTACKS = tuple(
    Attack(
        f"overload-{times}",
        f"200 clients that offer {times} times the capacity",
        partial(overload, times),
        spares_neighbour=False,
        slowness=3.5,
    )
    for times in (3, 30)
)
