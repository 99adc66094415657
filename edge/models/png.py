"""Read a plain PNG without a picture library, which a device need not have.

Eight-bit RGB without interlace, as the portrait is. After the PNG specification (W3C, 2003), section 9: each
row is stored as the difference to a prediction from the pixels left (a), above (b) and above left (c).
"""

import struct
import zlib
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from edge.errors import ModelError

SIGNATURE = b"\x89PNG\r\n\x1a\n"
RGB, DEPTH, CHANNELS = 2, 8, 3


def decode(content: bytes, rows_n: int) -> NDArray[np.uint8]:
    """Return the first rows of a picture, [rows, width, 3].

    Raises
    ------
    ModelError : another kind of file or of PNG.
    """
    chunks = list(_chunks(content))
    if not chunks or chunks[0][0] != b"IHDR":
        raise ModelError(f"expected a PNG file, got {content[:8]!r} at its start")
    width, height, depth, colour, *_, interlace = struct.unpack(">IIBBBBB", chunks[0][1])
    if (depth, colour, interlace) != (DEPTH, RGB, 0):
        raise ModelError(f"expected 8-bit RGB without interlace, got {depth, colour, interlace} in a PNG")
    packed = b"".join(data for kind, data in chunks if kind == b"IDAT")
    stride = CHANNELS * width
    raw = zlib.decompress(packed)
    above, rows = bytearray(stride), []
    for y in range(min(rows_n, height)):
        at = y * (stride + 1)
        above = _row(raw[at], bytearray(raw[at + 1 : at + 1 + stride]), above)
        rows.append(np.frombuffer(bytes(above), np.uint8).reshape(width, CHANNELS))
    return np.stack(rows)


def _chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = len(SIGNATURE) if content.startswith(SIGNATURE) else len(content)
    while at + 8 <= len(content):
        size, kind = struct.unpack(">I4s", content[at : at + 8])
        yield kind, content[at + 8 : at + 8 + size]
        at += 12 + size


def _row(kind: int, row: bytearray, above: bytearray) -> bytearray:
    """Undo one row's filter in place."""
    for i in range(len(row)):
        a, c = (row[i - CHANNELS], above[i - CHANNELS]) if i >= CHANNELS else (0, 0)
        row[i] = (row[i] + _prediction(kind, a, above[i], c)) & 255
    return row


def _prediction(kind: int, a: int, b: int, c: int) -> int:
    if kind == 4:
        p = a + b - c
        return min((abs(p - a), 0, a), (abs(p - b), 1, b), (abs(p - c), 2, c))[2]
    return (0, a, b, (a + b) // 2)[kind]
