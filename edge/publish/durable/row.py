"""One durable message and its self-describing bytes: a row can be carved from a damaged file by itself."""

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

SYSTEM, SUMMARY, EVENT = 0, 1, 2  # classes in the order of eviction
CLASSES = (SYSTEM, SUMMARY, EVENT)

_MAGIC = b"\xa7MQr"
_HEAD = struct.Struct(
    "<4sIIQQqqBB8sHI"
)  # magic, crc, length, n, seq, wall, mono, class, flags, boot, topic, body
_CRC_FROM = 8
_SYNCED, _RETAIN = 1, 2
_MAX_BYTES = 1 << 20
_CLASS_SHIFT = 48


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One message that must arrive."""

    n: int
    """Place in the order of the spool, ascending over restarts."""
    kind: int
    """SYSTEM, SUMMARY or EVENT."""
    topic: str
    body: bytes
    """JSON object without the fields that depend on when it is sent."""
    boot: str
    """Which run of the process made it, 8 hex digits."""
    seq: int
    """Number within that run; 0 for messages without an identity of their own (UDMI)."""
    wall_ns: int
    """UTC when made, ns."""
    mono_ns: int
    """Monotonic time when made, ns; comes from the run `boot`."""
    synced: bool
    """Whether the wall clock was synchronised when made."""
    retain: bool = False
    """Whether the broker keeps it as the topic's last value."""

    @property
    def key(self) -> int:
        """Primary key: class first, so that each class is one contiguous range."""
        return self.kind << _CLASS_SHIFT | self.n

    def pack(self) -> bytes:
        """Return the bytes that go into the database."""
        topic, flags = self.topic.encode(), _SYNCED * self.synced | _RETAIN * self.retain
        head = (_HEAD.size + len(topic) + len(self.body), self.n, self.seq, self.wall_ns, self.mono_ns)
        tail = (self.kind, flags, self.boot.encode(), len(topic), len(self.body))
        blob = _HEAD.pack(_MAGIC, 0, *head, *tail) + topic + self.body
        return blob[:4] + struct.pack("<I", zlib.crc32(blob[_CRC_FROM:])) + blob[_CRC_FROM:]


def key_range(kind: int) -> tuple[int, int]:
    """Return first and last possible key of a class."""
    return kind << _CLASS_SHIFT, (kind + 1 << _CLASS_SHIFT) - 1


def unpack(blob: bytes, start: int = 0) -> Row | None:
    """Return the row that begins at `start`, or None where no whole row is."""
    if len(blob) - start < _HEAD.size:
        return None
    magic, crc, length, n, seq, wall, mono, kind, flags, boot, topic_n, body_n = _HEAD.unpack_from(
        blob, start
    )
    if magic != _MAGIC or length > _MAX_BYTES or length != _HEAD.size + topic_n + body_n:
        return None
    raw = blob[start : start + length]
    if len(raw) < length or zlib.crc32(raw[_CRC_FROM:]) != crc:
        return None
    topic = raw[_HEAD.size : _HEAD.size + topic_n].decode()
    return Row(
        n=n,
        kind=kind,
        topic=topic,
        body=raw[_HEAD.size + topic_n :],
        boot=boot.decode(),
        seq=seq,
        wall_ns=wall,
        mono_ns=mono,
        synced=bool(flags & _SYNCED),
        retain=bool(flags & _RETAIN),
    )


def carve(image: bytes) -> Iterator[Row]:
    """Yield every whole row found anywhere in the bytes of a damaged file."""
    at = image.find(_MAGIC)
    while at >= 0:
        row = unpack(image, at)
        if row is not None:
            yield row
        at = image.find(_MAGIC, at + 1)
