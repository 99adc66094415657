"""A picture of correlations inside the page: a PNG of 255 colours, missing values transparent."""

import base64
import struct
import zlib

import numpy as np

from edge.arrays import Floats
from edge.palette import OKABE_ITO

STEPS = 127  # colours on each side of 0


def png(r: Floats) -> str:
    """Return an array in -1..1 as an address that holds its own picture: orange, white, blue."""
    index = np.where(np.isfinite(r), np.rint(np.clip(r, -1.0, 1.0) * STEPS) + STEPS, 2 * STEPS + 1)
    rows = np.pad(index.astype(np.uint8), ((0, 0), (1, 0)))  # each row begins with its filter, none
    high, wide = index.shape
    parts = (
        (b"IHDR", struct.pack(">IIBBBBB", wide, high, 8, 3, 0, 0, 0)),
        (b"PLTE", colours().tobytes() + b"\xff\xff\xff"),
        (b"tRNS", b"\xff" * (2 * STEPS + 1) + b"\x00"),
        (b"IDAT", zlib.compress(rows.tobytes(), 9)),
        (b"IEND", b""),
    )
    body = b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, content) for name, content in parts)
    return f"data:image/png;base64,{base64.b64encode(body).decode()}"


def colours() -> "np.ndarray[tuple[int, int], np.dtype[np.uint8]]":
    """Return the colours from -1 to 1."""
    r = np.linspace(-1.0, 1.0, 2 * STEPS + 1)[:, None]
    ends = np.array([[int(OKABE_ITO[name][k : k + 2], 16) for k in (1, 3, 5)] for name in ("orange", "blue")])
    mixed = 255.0 + np.abs(r) * (np.where(r < 0, ends[0], ends[1]) - 255.0)
    return np.asarray(np.rint(mixed), dtype=np.uint8)


def _chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
