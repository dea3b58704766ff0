"""WebSocket messages as bytes."""

from __future__ import annotations

import pytest

from benchmarks.attack.wire import BINARY, TEXT, Inbox, packet


def _from_server(payload: bytes, opcode: int = TEXT) -> bytes:
    """A client's message without its mask, which is a server's."""
    masked = packet(payload, opcode)
    head = len(masked) - len(payload) - 4
    return bytes([masked[0], masked[1] & 0x7F]) + masked[2:head] + payload


@pytest.mark.parametrize("length", [0, 125, 126, 65535, 65536])
@pytest.mark.parametrize("step", [1, 1000, 1_000_000])
def test_messages_are_read_however_they_arrive(length: int, step: int) -> None:
    payloads = [bytes(length), b"2", b"last"]
    stream = b"".join(_from_server(payload, BINARY) for payload in payloads)
    if step == 1 and length > 1000:
        stream, payloads = _from_server(b"short"), [b"short"]
    inbox = Inbox()
    found = [
        payload
        for start in range(0, len(stream), step)
        for _, payload in inbox.feed(stream[start : start + step])
    ]
    assert found == payloads


def test_the_payload_is_what_the_mask_leaves() -> None:
    message = packet(b"Hello")
    mask, payload = message[2:6], message[6:]
    assert message[1] & 0x80
    assert bytes(byte ^ mask[i % 4] for i, byte in enumerate(payload)) == b"Hello"
