"""Reads a store and cannot write to it: the states of all devices, what is missing, a device's past."""

from sqlalchemy import ColumnElement, Connection, TableClause, and_, column, inspect, or_, select

from edge.campus.columns import Value
from edge.campus.engine import engine, transaction
from edge.campus.migrate import NEWEST
from edge.campus.past import Past, Summary, Values
from edge.campus.schema import DEVICE, MUTE, SPAN, STATUS, SUMMARY, VERSION
from edge.campus.spans import Spans
from edge.errors import CampusError


class Reader:
    """One store, from any thread. Every method raises CampusError."""

    def __init__(self, url: str) -> None:
        self.engine = engine(url, read_only=True)

    def devices(self) -> list[Values]:
        """Return health, mute, availability and the people of the newest summary of every device."""
        newest = and_(
            SUMMARY.c.device == STATUS.c.device,
            SUMMARY.c.at_ms == STATUS.c.newest_ms,
            SUMMARY.c.boot == STATUS.c.newest_boot,
            SUMMARY.c.seq == STATUS.c.newest_seq,
        )
        both = DEVICE.join(STATUS, STATUS.c.device == DEVICE.c.id).outerjoin(SUMMARY, newest)
        query = select(DEVICE.c.site, DEVICE.c.name, *STATUS.c, SUMMARY.c.people).select_from(both)
        with transaction(self.engine) as db:
            self._check(db)
            return [dict(row) for row in db.execute(query).mappings()]

    def gaps(self) -> list[Values]:
        """Return what is missing: site, device, boot, first, missing, still_kept, asks."""
        names = ("site", "device", "boot", "first", "missing", "still_kept", "asks")
        listed: list[ColumnElement[Value]] = [column(name) for name in names]
        query = select(*listed).select_from(TableClause("gap"))
        with transaction(self.engine) as db:
            self._check(db)
            return [dict(row) for row in db.execute(query.order_by(column("first"))).mappings()]

    def past(self, site: str, name: str, begin_ms: int, end_ms: int) -> Past:
        """Return what came of a device in a span of time."""
        known = select(DEVICE.c.id, STATUS.c.profile).outerjoin(STATUS, STATUS.c.device == DEVICE.c.id)
        with transaction(self.engine) as db:
            self._check(db)
            found = db.execute(known.where(DEVICE.c.site == site, DEVICE.c.name == name)).one_or_none()
            if found is None:
                return Past()
            device, profile = found
            return Past(
                _summaries(db, device, begin_ms, end_ms),
                _came(db, device),
                _mutes(db, device, begin_ms, end_ms),
                profile or "",
            )

    def close(self) -> None:
        """Let go of every connection."""
        self.engine.dispose()

    def _check(self, db: Connection) -> None:
        """Raise CampusError unless the layout is the one that is known here."""
        there = inspect(db).has_table(VERSION.name)
        number = db.execute(select(VERSION.c.number)).scalar() if there else None
        if number != NEWEST:
            where = self.engine.url.render_as_string()
            text = f"expected a store of `collect` with layout {NEWEST}, got {number or 'none'} at {where}"
            raise CampusError(text)


def _summaries(db: Connection, device: int, begin_ms: int, end_ms: int) -> list[Summary]:
    own, at_ms = SUMMARY.c, SUMMARY.c.at_ms
    about = (at_ms, own.window_s, own.boot, own.seq, own.profile, own.people, own.mimicry_index, own.state)
    query = select(*about).where(own.device == device)
    before = query.where(at_ms <= begin_ms).order_by(at_ms.desc()).limit(1)
    within = query.where(at_ms > begin_ms, at_ms < end_ms).order_by(at_ms, own.boot, own.seq)
    after = query.where(at_ms >= end_ms).order_by(at_ms).limit(1)
    return [Summary(*row) for part in (before, within, after) for row in db.execute(part)]


def _came(db: Connection, device: int) -> dict[str, Spans]:
    spans: dict[str, list[tuple[int, int]]] = {}
    query = select(SPAN.c.boot, SPAN.c.first, SPAN.c.last).where(SPAN.c.device == device)
    for boot, first, last in db.execute(query):
        spans.setdefault(boot, []).append((first, last))
    return {boot: Spans(listed) for boot, listed in spans.items()}


def _mutes(db: Connection, device: int, begin_ms: int, end_ms: int) -> list[tuple[int, int | None]]:
    ended = or_(MUTE.c.ended_ms.is_(None), MUTE.c.ended_ms > begin_ms)
    query = select(MUTE.c.began_ms, MUTE.c.ended_ms).order_by(MUTE.c.began_ms)
    rows = db.execute(query.where(MUTE.c.device == device, MUTE.c.began_ms < end_ms, ended))
    return [(began, end) for began, end in rows]
