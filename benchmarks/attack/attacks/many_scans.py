"""A progressive JPEG that is small to send and slow to decode.

It is flat grey. Its first scan contains the mean of each block in one bit. Every other scan refines
all frequencies, but its few "end of band" runs say that no block has more data. The decoder still
visits each of the 63 coefficients of each block again. The standard allows fewer refinements;
decoders warn and continue. Source: ITU-T T.81, annexes B (markers), F and G.
"""

from __future__ import annotations

import struct

BLOCK = 8
LAST_FREQUENCY = 63
LONGEST_RUN = 14
"""The symbol EOB14 stands for 2**14 to 2**15 - 1 blocks without more data."""


def many_scans(width: int, height: int, scans: int) -> bytes:
    """Makes the JPEG.

    Args:
        width: Width in pixels.
        height: Height in pixels.
        scans: Number of scans, from 1.
    """
    blocks = -(-width // BLOCK) * -(-height // BLOCK)
    return b"".join(
        [
            b"\xff\xd8",
            _segment(0xDB, b"\x00" + bytes([16] * 64)),
            _segment(0xC2, struct.pack("!BHHB", 8, height, width, 1) + b"\x01\x11\x00"),
            _segment(0xC4, _table(0x00, [0])),
            _segment(0xC4, _table(0x10, [_symbol(run) for run in range(LONGEST_RUN + 1)])),
            _scan((0, 0), 0, _pack("0" * blocks)),
            *_empty_scans(scans - 1, blocks),
            b"\xff\xd9",
        ]
    )


def _segment(marker: int, body: bytes) -> bytes:
    return struct.pack("!BBH", 0xFF, marker, len(body) + 2) + body


def _table(kind: int, symbols: list[int]) -> bytes:
    """A Huffman table: a single symbol has the code 0, several have codes of four bits in order."""
    counts = bytearray(16)
    counts[0 if len(symbols) == 1 else 3] = len(symbols)
    return bytes([kind]) + counts + bytes(symbols)


def _symbol(run: int) -> int:
    return run << 4


def _scan(band: tuple[int, int], bits: int, data: bytes) -> bytes:
    return _segment(0xDA, bytes([1, 1, 0x00, *band, bits])) + data


def _empty_scans(count: int, blocks: int) -> list[bytes]:
    """Scans of the upper bits of all frequencies, and then repeatedly of their last bit."""
    band, data = (1, LAST_FREQUENCY), _pack(_runs(blocks))
    return [_scan(band, 0x10 if number else 0x01, data) for number in range(count)]


def _runs(blocks: int) -> str:
    """Bits for a number of blocks without more data."""
    bits = ""
    while blocks:
        run = min(blocks.bit_length() - 1, LONGEST_RUN)
        length = min(blocks, 2 ** (run + 1) - 1)
        bits += f"{run:04b}"
        bits += f"{length - 2**run:0{run}b}" if run else ""
        blocks -= length
    return bits


def _pack(bits: str) -> bytes:
    """Fills the last byte with ones, and puts a zero after each byte of ones."""
    filled = bits + "1" * (-len(bits) % 8)
    return int(filled, 2).to_bytes(len(filled) // 8).replace(b"\xff", b"\xff\x00")
