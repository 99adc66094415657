"""Writes results, each once: what has come of a run is read, extended and written in one transaction."""

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, Table, bindparam, insert, select, tuple_, update

from edge.campus.columns import Row
from edge.campus.message import Content
from edge.campus.schema import EVENT, MEASURE, RUN, SPAN, SUMMARY
from edge.campus.spans import Span, Spans

Run = tuple[int, str]
"""A device's number and a run of it."""
Numbered = tuple[int, Content]
"""A device's number and a message of it."""


def write_new(db: Connection, results: Sequence[Numbered], now_ms: int) -> list[Numbered]:
    """Write those that have not come before and return them; the caller holds the devices' locks."""
    before = _spans(db, {(device, one.boot) for device, one in results})
    after = {run: Spans(spans) for run, spans in before.items()}
    new = [(device, one) for device, one in results if after[device, one.boot].add(one.seq)]
    runs: dict[Run, int] = {}
    for device, one in new:
        runs.setdefault((device, one.boot), one.seq)
    know_runs(db, runs, now_ms)
    _write_spans(db, before, after)
    for kind, table in (("summary", SUMMARY), ("event", EVENT)):
        mine = [pair for pair in new if pair[1].kind == kind]
        _insert(db, table, [_key(*pair) | pair[1].row | {"stored_ms": now_ms} for pair in mine])
    _insert(db, MEASURE, [_key(*pair) | row for pair in new for row in pair[1].measures])
    return new


def know_runs(db: Connection, runs: Mapping[Run, int], now_ms: int) -> None:
    """Note that runs were heard of; the value is the number from which a device's first run is expected.

    A run that began while the device was known is expected from 1 on.
    """
    devices = {device for device, _ in runs}
    found = db.execute(select(RUN.c.device, RUN.c.boot).where(RUN.c.device.in_(devices))).all()
    listed = {(device, boot) for device, boot in found}
    known = {device for device, _ in listed}
    rows: list[Row] = []
    for (device, boot), seq in runs.items():
        if (device, boot) not in listed:
            floor = 1 if device in known else seq
            rows.append({"device": device, "boot": boot, "floor": floor, "heard_ms": now_ms})
            known.add(device)
    _insert(db, RUN, rows)
    if runs:
        heard = update(RUN).where(RUN.c.device == bindparam("d"), RUN.c.boot == bindparam("b"))
        marks = [{"d": device, "b": boot, "now": now_ms} for device, boot in runs]
        db.execute(heard.values(heard_ms=bindparam("now")), marks)


def _spans(db: Connection, runs: set[Run]) -> dict[Run, set[Span]]:
    found: dict[Run, set[Span]] = {run: set() for run in runs}
    query = select(SPAN.c.device, SPAN.c.boot, SPAN.c.first, SPAN.c.last)
    for device, boot, first, last in db.execute(query.where(tuple_(SPAN.c.device, SPAN.c.boot).in_(runs))):
        found[device, boot].add((first, last))
    return found


def _write_spans(db: Connection, before: Mapping[Run, set[Span]], after: Mapping[Run, Spans]) -> None:
    gone, new = [], []
    for (device, boot), old in before.items():
        now = set(after[device, boot])
        gone += [{"d": device, "b": boot, "f": first} for first, _ in old - now]
        new += [{"device": device, "boot": boot, "first": first, "last": last} for first, last in now - old]
    if gone:
        run = (SPAN.c.device == bindparam("d"), SPAN.c.boot == bindparam("b"))
        db.execute(SPAN.delete().where(*run, SPAN.c.first == bindparam("f")), gone)
    _insert(db, SPAN, new)


def _key(device: int, one: Content) -> Row:
    return {"device": device, "at_ms": one.row["at_ms"], "boot": one.boot, "seq": one.seq}


def _insert(db: Connection, table: Table, rows: Sequence[Mapping[str, object]]) -> None:
    if rows:
        db.execute(insert(table), rows)
