"""Writes what counts in its newest version only: a device's health, mute, availability and newest summary."""

from collections.abc import Sequence

from sqlalchemy import Connection, bindparam, insert, select, update

from edge.campus.columns import Row
from edge.campus.engine import inserting
from edge.campus.message import Content
from edge.campus.results import Numbered, know_runs
from edge.campus.schema import MUTE, RUN, STATUS

_TIMES = {"health": "health_ms", "privacy": "privacy_ms"}


def write_states(db: Connection, heard: Sequence[Numbered], now_ms: int) -> None:
    """Bring the devices' rows up to date; a version older than the one that is there changes nothing."""
    devices = {device for device, _ in heard}
    found = db.execute(select(STATUS).where(STATUS.c.device.in_(devices))).mappings()
    rows: dict[int, Row] = {row["device"]: dict(row) for row in found}
    known = set(rows)
    for device in devices - known:
        rows[device] = dict.fromkeys(STATUS.c.keys()) | {"device": device}
    mutes: list[tuple[int, Row]] = []
    for device, one in heard:
        changed = _changed(rows[device], one)
        mutes += [(device, changed)] if "muted_since_ms" in changed else []
        rows[device] |= changed | {"heard_ms": now_ms}
        if one.kind == "availability" and rows[device]["availability"] != one.row["availability"]:
            rows[device] |= one.row | {"availability_ms": now_ms}
    if new := sorted(devices - known):
        db.execute(insert(STATUS), [rows[device] for device in new])
    if known:
        own = update(STATUS).where(STATUS.c.device == bindparam("own"))
        db.execute(own, [rows[device] | {"own": device} for device in sorted(known)])
    _write_mutes(db, mutes)
    _write_kept(db, heard, now_ms)


def _changed(row: Row, one: Content) -> Row:
    """Return the columns that a message changes."""
    if (column := _TIMES.get(one.kind)) and _newer(one.row[column], row[column]):
        return one.row | _mute_since(row, one)
    if one.kind == "summary" and _newer(one.row["at_ms"], row["newest_ms"]):
        return {"newest_ms": one.row["at_ms"], "newest_boot": one.boot, "newest_seq": one.seq}
    return {}


def _mute_since(row: Row, one: Content) -> Row:
    """Return since when a device is muted, where that changes."""
    if one.kind != "privacy" or one.row["muted"] == row["muted"]:
        return {}
    return {"muted_since_ms": one.row["privacy_ms"] if one.row["muted"] else None}


def _write_mutes(db: Connection, changes: Sequence[tuple[int, Row]]) -> None:
    """Note where mutes begin and end, in the order in which they did."""
    for device, row in changes:
        if row["muted"]:
            begun = inserting(db, MUTE).values(device=device, began_ms=row["privacy_ms"])
            db.execute(begun.on_conflict_do_nothing())
        else:
            lasting = update(MUTE).where(MUTE.c.device == device, MUTE.c.ended_ms.is_(None))
            db.execute(lasting.values(ended_ms=row["privacy_ms"]))


def _newer(moment: object, than: object) -> bool:
    return isinstance(moment, int) and (not isinstance(than, int) or moment >= than)


def _write_kept(db: Connection, heard: Sequence[Numbered], now_ms: int) -> None:
    """Note what the devices still keep; a run that they no longer name is kept no longer."""
    newest = {device: one for device, one in heard if one.kind == "health"}
    if not newest:
        return
    kept = {(device, boot): (first, last) for device, one in newest.items() for boot, first, last in one.kept}
    know_runs(db, {run: first for run, (first, _) in kept.items()}, now_ms)
    db.execute(update(RUN).where(RUN.c.device.in_(newest)).values(kept_first=None, kept_last=None))
    if kept:
        own = update(RUN).where(RUN.c.device == bindparam("d"), RUN.c.boot == bindparam("b"))
        own = own.values(kept_first=bindparam("low"), kept_last=bindparam("high"))
        rows = [{"d": run[0], "b": run[1], "low": low, "high": high} for run, (low, high) in kept.items()]
        db.execute(own, rows)
