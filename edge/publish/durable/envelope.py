"""What every message of the device carries besides its content: identity, time, clock, history."""

import json
from dataclasses import dataclass, field, replace
from itertools import count

from edge.plain import Json
from edge.publish.clock import Clock, rfc3339
from edge.publish.durable.row import SUMMARY, Row
from edge.publish.encode import encode
from edge.publish.packet import Packet
from edge.topic import HISTORY

VERSION = 1
FRESH_NS = 5_000_000_000  # what is older when it is sent is history, not the present
_TIMES = ("start", "end")  # sensor seconds in the content become UTC beside it
_NS = 1_000_000_000


@dataclass(slots=True)
class Envelope:
    """Stamps content; one for each run of the process. Used on the courier's thread."""

    clock: Clock
    boot: str
    max_age_ns: int
    n: int = 0
    """Place of the last row in the order of the spool."""
    _seq: "count[int]" = field(default_factory=lambda: count(1))

    def stamp(self) -> Json:
        """Return the fields of a message without an identity."""
        return {"v": VERSION, "time": rfc3339(self.clock.wall_ns()), "boot": self.boot}

    def row(self, kind: int, topic: str, content: Json, at: tuple[int, int], *, retain: bool = False) -> Row:
        """Return a durable message made at `at` (wall ns, monotonic ns) with the next identity."""
        wall_ns, mono_ns = at
        seq, synced = next(self._seq), self.clock.synced()
        head = {"v": VERSION, "boot": self.boot, "seq": seq, "time": rfc3339(wall_ns)}
        head |= {"clock": "synced" if synced else "unsynced", "mono_ns": mono_ns}
        row = self.foreign_row(kind, topic, head | _utc(content, wall_ns), at)
        return replace(row, seq=seq, synced=synced, retain=retain)

    def foreign_row(self, kind: int, topic: str, content: Json, at: tuple[int, int]) -> Row:
        """Return a durable message of somebody else's schema, which has no room for an identity."""
        self.n += 1
        return Row(
            n=self.n,
            kind=kind,
            topic=topic,
            body=encode(content),
            boot=self.boot,
            seq=0,
            wall_ns=at[0],
            mono_ns=at[1],
            synced=self.clock.synced(),
        )

    def again(self, row: Row) -> Row:
        """Return a row that is sent once more, behind all others."""
        self.n += 1
        return replace(row, n=self.n)

    def age_ns(self, row: Row) -> int | None:
        """Return how long ago a row was made; None when an unsynchronised clock cannot tell."""
        if row.boot == self.boot:
            return self.clock.mono_ns() - row.mono_ns
        if row.synced and self.clock.synced():
            return self.clock.wall_ns() - row.wall_ns
        return None

    def expired(self, row: Row) -> bool:
        """Return whether a row is certainly older than the spool keeps any."""
        age_ns = self.age_ns(row)
        return age_ns is not None and age_ns > self.max_age_ns

    def packet(self, row: Row) -> Packet:
        """Return the row as it goes out now; an unknown age counts as history.

        A late summary has a topic of its own, so that nobody reads it as the present.
        """
        age_ns = self.age_ns(row)
        historical = age_ns is None or age_ns > FRESH_NS
        late = historical and row.kind == SUMMARY
        return Packet(
            topic=f"{row.topic.rpartition('/')[0]}/{HISTORY}" if late else row.topic,
            payload=self._payload(row, age_ns, historical=historical),
            retain=row.retain and not historical,
            expiry_s=max(1, (self.max_age_ns - (age_ns or 0)) // _NS),
            user=(("schema", _schema(row)), ("boot", row.boot), ("seq", str(row.seq or row.n))),
        )

    def _payload(self, row: Row, age_ns: int | None, *, historical: bool) -> bytes:
        if not row.seq:
            return row.body
        body = row.body
        if not row.synced and row.boot == self.boot and self.clock.synced():
            body = self._corrected(row)
        age_s = None if age_ns is None else round(max(0, age_ns) / _NS, 3)
        return body[:-1] + b"," + encode({"historical": historical, "age_s": age_s})[1:]

    def _corrected(self, row: Row) -> bytes:
        """Return the body with the times it would have had, had the clock been right."""
        wall_ns = self.clock.wall_ns() - (self.clock.mono_ns() - row.mono_ns)
        content = json.loads(row.body)
        return encode(_utc(content | {"time": rfc3339(wall_ns), "clock": "synced"}, wall_ns))


def _schema(row: Row) -> str:
    """Return the name of the schema: the last levels of the topic and the version."""
    first, last = row.topic.split("/")[-2:]
    return f"{first}.{last}/{VERSION}" if row.seq else "udmi"


def _utc(content: Json, wall_ns: int) -> Json:
    """Return the content with `start` and `end` in UTC beside `start_s` and `end_s` of the sensor's clock."""
    times: Json = {}
    for name in _TIMES:
        if f"{name}_s" in content:
            then_s = content[f"{name}_s"]
            ago_s = None if then_s is None else content["t_s"] - then_s
            times[name] = None if ago_s is None else rfc3339(wall_ns - int(ago_s * _NS))
    return content | times
