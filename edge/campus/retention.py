"""Forgets what is older than is kept: whole months on PostgreSQL, and rows device by device everywhere."""

import re
import time

from sqlalchemy import delete, inspect, select, text

from edge.campus.engine import transaction
from edge.campus.floors import DAY_MS
from edge.campus.partitions import begin_ms, make_partitions
from edge.campus.schema import DEVICE, FIGURE, MUTE, PARKED, RESULTS, RUN, SPAN
from edge.campus.store import Store

_MONTH = re.compile(r"_(\d{4})_(\d\d)$")


def retain(store: Store, days: float, now_s: float | None = None) -> int:
    """Delete results and runs older than that; return how many rows went one by one."""
    now_s = time.time() if now_s is None else now_s
    before_ms = round(now_s * 1000 - days * DAY_MS)
    with transaction(store.engine) as db:
        make_partitions(db, now_s)
        devices = list(db.execute(select(DEVICE.c.id)).scalars())
    _drop_months(store, before_ms)
    with transaction(store.engine) as db:
        gone = db.execute(delete(PARKED).where(PARKED.c.at_ms < before_ms)).rowcount
        compared_ms = round(now_s * 1000) - DAY_MS
        gone += db.execute(delete(FIGURE).where(FIGURE.c.hour_ms < min(before_ms, compared_ms))).rowcount
    return gone + sum(_forget(store, device, before_ms) for device in devices)


def _drop_months(store: Store, before_ms: int) -> None:
    """Drop the partitions of months that have ended by then."""
    if store.engine.dialect.name != "postgresql":
        return
    with transaction(store.engine) as db:
        for name in inspect(db).get_table_names():
            month = _MONTH.search(name)
            if month and begin_ms(int(month[1]) * 12 + int(month[2])) <= before_ms:
                db.execute(text(f"DROP TABLE {name}"))


def _forget(store: Store, device: int, before_ms: int) -> int:
    """Delete what is old of one device: a short transaction, between which collectors go on."""
    with transaction(store.engine) as db:
        gone = sum(
            db.execute(delete(table).where(table.c.device == device, table.c.at_ms < before_ms)).rowcount
            for table in RESULTS
        )
        db.execute(delete(MUTE).where(MUTE.c.device == device, MUTE.c.ended_ms < before_ms))
        old = select(RUN.c.boot).where(RUN.c.device == device, RUN.c.heard_ms < before_ms)
        db.execute(delete(SPAN).where(SPAN.c.device == device, SPAN.c.boot.in_(old)))
        db.execute(delete(RUN).where(RUN.c.device == device, RUN.c.heard_ms < before_ms))
    return gone
