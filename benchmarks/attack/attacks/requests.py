"""HTTP requests that are malformed, endless or too many (items 6 and 17)."""

from __future__ import annotations

from itertools import count

from benchmarks.attack.attacks.attack import Attack, Outcome
from benchmarks.attack.attacks.loops import discard_responses, pour, repeat
from benchmarks.attack.endpoint import Deadline, Endpoint

MEGABYTE = 1_000_000
CHUNKED = (
    "POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: text/plain\r\n"
    "Transfer-Encoding: chunked\r\n\r\n"
)
CHUNKED_PATHS = ("/", "/socket.io/?EIO=4&transport=polling")
ONE_BYTE_CHUNKS = b"1\r\nx\r\n" * 10_000
INNER = b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
SMUGGLED = b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: %s\r\n\r\n0\r\n\r\n" + INNER
CODINGS = (b"xchunked", b"chunked, identity", b"\x0bchunked", b"identity, chunked")
SECRET = "secret-of-a-visitor"
MALFORMED = tuple(
    line.format(secret=f"/?token={SECRET}").encode()
    for line in (
        "GET {secret}" + "x" * 60_000 + " HTTP/1.1\r\n\r\n",
        "GET {secret} HTTP/9.9\r\n\r\n",
        "GET {secret} HTTP/1.1 again\r\n\r\n",
        "\x1b[31mGET {secret}\r\nforged line\r\n\r\n",
        "GET {secret}&sid=x%0Aforged HTTP/1.1\r\nHost\r\n\r\n",
        "GET /socket.io/?EIO=4&transport=polling&sid=x%0Aforged&token="
        + SECRET
        + " HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n",
    )
)


def one_byte_chunks(endpoint: Endpoint) -> Outcome:
    """Posts endless bodies in chunks of one byte, 3 MB/s over two connections."""
    paths = count()

    def attack(deadline: Deadline) -> None:
        with endpoint.dial() as wire:
            path = CHUNKED_PATHS[next(paths) % len(CHUNKED_PATHS)]
            wire.sendall(CHUNKED.format(path=path).encode())
            pour(wire, ONE_BYTE_CHUNKS, 1.5 * MEGABYTE, deadline)

    return Outcome({"rounds": repeat(attack, Deadline.after(endpoint.seconds), 20, threads=2)})


def smuggling(endpoint: Endpoint) -> Outcome:
    """Hides a second request behind a `Transfer-Encoding` that servers read differently."""
    outcome = Outcome({"smuggled": 0})
    codings = count()

    def attack(_: Deadline) -> None:
        coding = CODINGS[next(codings) % len(CODINGS)]
        with endpoint.dial(1) as wire:
            wire.sendall(SMUGGLED % coding)
            responses = b""
            while data := wire.recv(4096):
                responses += data
                if responses.count(b"HTTP/1.1 ") > 1 and coding in CODINGS[:3]:
                    outcome.notes["smuggled"] += 1
                    return

    outcome.notes["rounds"] = repeat(attack, Deadline.after(endpoint.seconds), 20)
    if outcome.notes["smuggled"]:
        outcome.faults.append("a hidden request got a response")
    return outcome


def malformed(endpoint: Endpoint) -> Outcome:
    """Sends malformed request lines that contain a token, 400 per second."""
    lines = count()

    def attack(_: Deadline) -> None:
        with endpoint.dial(1) as wire:
            wire.sendall(MALFORMED[next(lines) % len(MALFORMED)])
            discard_responses(wire, 0.5)

    return Outcome({"rounds": repeat(attack, Deadline.after(endpoint.seconds), 100, threads=4)})


def pipelined(endpoint: Endpoint) -> Outcome:
    """Sends requests without waiting for their responses, 3 MB/s on one connection."""

    def attack(deadline: Deadline) -> None:
        with endpoint.dial() as wire:
            pour(wire, INNER * 500, 3 * MEGABYTE, deadline)

    return Outcome({"rounds": repeat(attack, Deadline.after(endpoint.seconds), 20)})


ATTACKS = (
    Attack("one-byte-chunks", "bodies in one-byte chunks at 3 MB/s", one_byte_chunks),
    Attack("smuggling", "a second request behind `Transfer-Encoding: xchunked`", smuggling),
    Attack("malformed-requests", "400 malformed request lines a second", malformed),
    Attack("pipelined-requests", "requests without waiting, 3 MB/s", pipelined),
)
