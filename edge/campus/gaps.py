"""Which gaps to ask the devices about, and when: one consumer at a time, with pauses that grow."""

import json
import time
from collections import defaultdict
from dataclasses import dataclass

from sqlalchemy import Connection, and_, select, update

from edge.campus.engine import transaction
from edge.campus.schema import DEVICE, RUN
from edge.campus.spans import Span
from edge.campus.store import Store
from edge.campus.views import gaps

Gap = tuple[int, str, Span]
"""A device's number, a run of it, and the numbers that are missing."""
RESEND = "cmd/resend/req"
RANGES_MOST = 100  # in one request; the rest is asked for later
_FIRST_MS, _LONGEST_MS = 30_000, 600_000  # between two requests for the same run


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """Asks a device for messages once more."""

    topic: str
    payload: bytes


class Asker:
    """Asks for a gap once it has stayed open for a while, for what is missing may be on its way."""

    def __init__(self, store: Store, patience_s: float) -> None:
        self._store, self._patience_s = store, patience_s
        self._since: dict[Gap, float] = {}

    def due(self) -> list[Request]:
        """Return what to ask for now; no other consumer asks for the same before its pause is over."""
        now_s, now_ms = time.monotonic(), time.time_ns() // 1_000_000
        with transaction(self._store.engine) as db:
            found = _askable(db)
            self._since = {gap: self._since.get(gap, now_s) for gap in found}
            wanted = defaultdict(list)
            for (device, boot, span), began_s in self._since.items():
                if now_s - began_s >= self._patience_s:
                    wanted[device, boot].append(span)
            return [one for run, spans in wanted.items() for one in _claimed(db, run, spans, now_ms)]


def _askable(db: Connection) -> list[Gap]:
    """Return the gaps of which the device still keeps something."""
    gap = gaps().subquery()
    mine = and_(RUN.c.device == gap.c.device, RUN.c.boot == gap.c.boot)
    kept = (RUN.c.kept_first <= gap.c.last, RUN.c.kept_last >= gap.c.first)
    query = select(gap.c.device, gap.c.boot, gap.c.first, gap.c.last).select_from(gap.join(RUN, mine))
    rows = db.execute(query.where(*kept))
    return [(device, boot, (first, last)) for device, boot, first, last in rows]


def _claimed(db: Connection, run: tuple[int, str], spans: list[Span], now_ms: int) -> list[Request]:
    """Return the request of a run, unless it was asked a moment ago."""
    query = select(RUN.c.asked_ms, RUN.c.asks, DEVICE.c.site, DEVICE.c.name)
    query = query.join(DEVICE, DEVICE.c.id == RUN.c.device)
    mine = (RUN.c.device == run[0], RUN.c.boot == run[1])
    asked_ms, asks, site, name = db.execute(query.where(*mine)).one()
    if now_ms - asked_ms < min(_FIRST_MS << min(asks, 10), _LONGEST_MS) and asks:
        return []
    claim = update(RUN).where(*mine, RUN.c.asks == asks).values(asks=asks + 1, asked_ms=now_ms)
    if db.execute(claim).rowcount != 1:
        return []
    args = {"boot": run[1], "ranges": [list(span) for span in sorted(spans)[:RANGES_MOST]]}
    payload = json.dumps({"id": f"{run[1]}-{asks + 1}", "args": args}, separators=(",", ":")).encode()
    return [Request(topic=f"{site}/devices/{name}/{RESEND}", payload=payload)]
