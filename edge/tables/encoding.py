"""Files as text: packed ones are refused, UTF-16 is known by its mark, what is not UTF-8 is Windows-1252."""

import codecs
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedReader, BytesIO, TextIOWrapper
from pathlib import Path
from typing import TextIO

from edge.errors import SignalsError
from edge.outputs import STANDARD

PACKED = {b"\x1f\x8b": "gzip", b"PK\x03\x04": "zip (or .xlsx)"}  # by their first bytes
UTF8, WINDOWS = "utf-8-sig", "cp1252"
CHUNK_N = 1 << 20  # bytes
LONGEST_N = 1 << 20  # characters of a line among the first


@contextmanager
def decoded(path: Path) -> Iterator[TextIO]:
    """Open a file, or standard input for `-`, in the encoding it has."""
    with _binary(path) as binary:
        start = binary.peek(4)[:4] if isinstance(binary, BufferedReader) else binary.getvalue()[:4]
        for mark, kind in PACKED.items():
            if start.startswith(mark):
                raise SignalsError(f"expected a text table, got {kind} data at {path}: unpack it first")
        utf16 = start.startswith((b"\xff\xfe", b"\xfe\xff"))
        with TextIOWrapper(binary, encoding="utf-16" if utf16 else _eight_bit(binary), newline="") as file:
            yield file


def lines_of(file: TextIO, path: Path) -> Iterator[str]:
    """Yield lines as they are asked for; one without an end is refused instead of filling the memory."""
    while line := file.readline(LONGEST_N):
        if len(line) >= LONGEST_N:
            raise SignalsError(f"expected lines of a text table, got one of {LONGEST_N} characters at {path}")
        yield line


def _binary(path: Path) -> BufferedReader | BytesIO:
    if path == STANDARD:
        return BytesIO(sys.stdin.buffer.read())
    return path.open("rb")


def _eight_bit(binary: BufferedReader | BytesIO) -> str:
    """Return UTF-8, or what Windows writes where that cannot be; a pipe is read once, as UTF-8."""
    if not binary.seekable():
        return UTF8
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        while chunk := binary.read(CHUNK_N):
            if b"\0" in chunk:
                break
            decoder.decode(chunk)
    except UnicodeDecodeError:
        return WINDOWS
    finally:
        binary.seek(0)
    return UTF8
