"""Monthly partitions of results on PostgreSQL, which retention drops whole; SQLite has none."""

import logging
import time
from datetime import UTC, datetime

from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import IntegrityError

from edge.campus.schema import RESULTS

_log = logging.getLogger(__name__)

_AHEAD, _BEFORE = 2, 2  # months from now that always have their partition; other times go to the last one


def make_partitions(db: Connection, now_s: float | None = None) -> None:
    """Make what is missing of the months around now, and the partition of all other times."""
    if db.dialect.name != "postgresql":
        return
    now = datetime.fromtimestamp(time.time() if now_s is None else now_s, UTC)
    month = now.year * 12 + now.month - 1
    there = set(inspect(db).get_table_names())
    for table in RESULTS:
        for number in range(month - _BEFORE, month + _AHEAD + 1):
            name = f"{table.name}_{number // 12:04d}_{number % 12 + 1:02d}"
            if name not in there:
                span = f"FROM ({begin_ms(number)}) TO ({begin_ms(number + 1)})"
                _make(db, f"CREATE TABLE {name} PARTITION OF {table.name} FOR VALUES {span}")
        if f"{table.name}_other" not in there:
            db.execute(text(f"CREATE TABLE {table.name}_other PARTITION OF {table.name} DEFAULT"))


def _make(db: Connection, statement: str) -> None:
    """Make a month's partition, unless a wrong clock has put rows of it among the other times."""
    try:
        with db.begin_nested():
            db.execute(text(statement))
    except IntegrityError as error:
        _log.warning("a month gets no partition: %s", error.orig)


def begin_ms(month: int) -> int:
    """Return when a month begins, counted from the year 0."""
    return round(datetime(month // 12, month % 12 + 1, 1, tzinfo=UTC).timestamp() * 1000)
