from __future__ import annotations

import pytest

from web.transport.websocket import apply_mask

MASK = (0x37, 0xFA, 0x21, 0x3D)


def test_the_example_of_the_rfc() -> None:
    masked = bytes([0x7F, 0x9F, 0x4D, 0x51, 0x58])
    assert apply_mask(masked, MASK) == b"Hello"


@pytest.mark.parametrize("cut", [0, 1, 2, 3, 5, 1023])
def test_a_message_may_come_in_parts(cut: int) -> None:
    message = bytes(range(256)) * 8
    whole = apply_mask(message, MASK)
    parts = apply_mask(message[:cut], MASK) + apply_mask(message[cut:], MASK, offset=cut)
    assert parts == whole
    assert apply_mask(whole, MASK) == message


def test_only_the_given_length_counts() -> None:
    assert len(apply_mask(b"abcdef", MASK, length=4)) == 4
