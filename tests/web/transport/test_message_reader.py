"""The reader of WebSocket messages follows RFC 6455."""

from __future__ import annotations

import pytest

from web.transport.framing import unmask
from web.transport.message_reader import (
    BINARY,
    MAX_PARTS,
    PING,
    TEXT,
    Message,
    MessageReader,
    ProtocolViolation,
)

MASK = bytes([0x37, 0xFA, 0x21, 0x3D])
FINAL = 0x80


def frame(first: int, payload: bytes, mask: bytes = MASK) -> bytes:
    size = len(payload)
    if size < 126:
        length = bytes([0x80 | size])
    elif size < 65536:
        length = bytes([0x80 | 126]) + size.to_bytes(2)
    else:
        length = bytes([0x80 | 127]) + size.to_bytes(8)
    return bytes([first]) + length + mask + unmask(payload, mask)


def read_all(data: bytes, step: int, max_bytes: int = 1_000_000) -> list[Message]:
    reader, messages = MessageReader(max_bytes), []
    for at in range(0, len(data), step):
        reader.feed(data[at : at + step])
        while (message := reader.next_message()) is not None:
            messages.append(message)
    assert reader.held == 0
    return messages


def test_the_masked_example_of_the_rfc() -> None:
    assert unmask(bytes([0x7F, 0x9F, 0x4D, 0x51, 0x58]), MASK) == b"Hello"


@pytest.mark.parametrize("size", [0, 1, 3, 4, 5, 1023])
def test_a_mask_is_its_own_opposite(size: int) -> None:
    payload = bytes(range(256)) * 4
    assert unmask(unmask(payload[:size], MASK), MASK) == payload[:size]


@pytest.mark.parametrize("size", [0, 125, 126, 65535, 65536, 300_000])
@pytest.mark.parametrize("step", [1000, 10_000_000])
def test_messages_of_all_lengths_come_whole(size: int, step: int) -> None:
    payload = b"x" * size
    messages = read_all(frame(FINAL | BINARY, payload) + frame(FINAL | TEXT, b"end"), step)
    assert messages == [Message(BINARY, payload), Message(TEXT, b"end")]


def test_bytes_may_come_one_by_one() -> None:
    assert read_all(frame(FINAL | TEXT, b"h\xc3\xa9llo"), 1)[0].text() == "héllo"


def test_a_control_frame_may_come_between_fragments() -> None:
    data = frame(TEXT, b"one ") + frame(FINAL | PING, b"!") + frame(FINAL, b"two")
    assert read_all(data, 1000) == [Message(PING, b"!"), Message(TEXT, b"one two")]


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (bytes([FINAL | TEXT, 1]) + b"xxxxx", 1002),
        (frame(FINAL | 0x40 | TEXT, b""), 1002),
        (frame(FINAL | 3, b""), 1002),
        (frame(FINAL, b"a continuation of nothing"), 1002),
        (frame(TEXT, b"a") + frame(FINAL | TEXT, b"another within the first"), 1002),
        (frame(PING, b"in parts"), 1002),
        (frame(FINAL | PING, b"x" * 126), 1002),
        (frame(FINAL | BINARY, b"x" * 101), 1009),
        (frame(BINARY, b"x" * 60) + frame(FINAL, b"x" * 60), 1009),
        (bytes([FINAL | BINARY, 0xFF]) + (2**63).to_bytes(8) + MASK, 1009),
    ],
)
def test_what_breaks_the_rules_is_refused_with_the_status_of_the_rfc(
    data: bytes, status: int
) -> None:
    with pytest.raises(ProtocolViolation) as refusal:
        read_all(data, 1000, max_bytes=100)
    assert refusal.value.status == status


def test_text_must_be_utf_8() -> None:
    [message] = read_all(frame(FINAL | TEXT, b"\xff"), 1000)
    with pytest.raises(ProtocolViolation) as refusal:
        message.text()
    assert refusal.value.status == 1007


def test_a_message_may_not_come_in_endless_small_parts() -> None:
    with pytest.raises(ProtocolViolation, match="fragments"):
        read_all(frame(TEXT, b"") + frame(0, b"") * MAX_PARTS, 10_000_000)


def test_it_counts_the_whole_pairs_behind_the_next_message() -> None:
    image, text = frame(FINAL | BINARY, b"x" * 300), frame(FINAL | TEXT, b"451-7[")
    other = frame(FINAL | TEXT, b"42[")

    def count(data: bytes) -> int:
        reader = MessageReader(max_bytes=1000)
        reader.feed(data)
        return reader.count_pairs(b"451-")

    assert count(b"") == count(image) == count(image + text) == 0
    assert count(image + text + image[:-1]) == count(image + other + image) == 0
    assert count(image + text + image) == 1
    assert count(image + 3 * (text + image)) == 2
