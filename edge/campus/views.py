"""What an operator asks a store, as views: the newest of each room, and the rooms that need somebody."""

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    SelectBase,
    and_,
    case,
    false,
    func,
    literal_column,
    or_,
    select,
    true,
    union_all,
)

from edge.campus.floors import BUILDING, FLOOR
from edge.campus.schema import DEVICE, FIGURE, RUN, SITE, SPAN, STATUS, SUMMARY

SILENT_MS = 300_000  # without a word for this long a device counts as away, whatever the broker says of it
_DEVICE = (DEVICE.c.site, DEVICE.c.name.label("device"), DEVICE.c.building, DEVICE.c.floor, DEVICE.c.room)
_BOTH = DEVICE.join(STATUS, STATUS.c.device == DEVICE.c.id)


def now_ms(dialect: str) -> ColumnElement[int]:
    """Return the store's own clock."""
    seconds = "extract(epoch FROM now())" if dialect == "postgresql" else "strftime('%s', 'now')"
    return literal_column(f"CAST({seconds} AS BIGINT) * 1000", BigInteger)


def gaps() -> SelectBase:
    """Return what is missing: device, boot, first, last number.

    Between the spans of a run; before its first one; and behind its last one what the device has sent.
    """
    begin = case((RUN.c.kept_first < RUN.c.floor, RUN.c.kept_first), else_=RUN.c.floor)
    following = func.lead(SPAN.c.first).over(partition_by=(SPAN.c.device, SPAN.c.boot), order_by=SPAN.c.first)
    inner = select(
        SPAN.c.device, SPAN.c.boot, (SPAN.c.last + 1).label("first"), (following - 1).label("last")
    ).subquery()
    ends = (
        select(
            RUN.c.device,
            RUN.c.boot,
            begin.label("begin"),
            RUN.c.kept_last,
            func.min(SPAN.c.first).label("low"),
            func.max(SPAN.c.last).label("high"),
        )
        .outerjoin(SPAN, and_(SPAN.c.device == RUN.c.device, SPAN.c.boot == RUN.c.boot))
        .group_by(RUN.c.device, RUN.c.boot)
        .subquery()
    )
    own = (ends.c.device, ends.c.boot)
    tail = func.coalesce(ends.c.high + 1, ends.c.begin)
    found = union_all(
        select(inner).where(inner.c.last.is_not(None)),
        select(*own, ends.c.begin, ends.c.low - 1).where(ends.c.low > ends.c.begin),
        select(*own, tail, ends.c.kept_last).where(ends.c.kept_last >= tail),
    ).subquery()
    return select(found.c.device, found.c.boot, found.c.first, found.c.last)


def _gap() -> SelectBase:
    found = gaps().subquery()
    kept = and_(RUN.c.kept_first <= found.c.last, RUN.c.kept_last >= found.c.first)
    return select(
        *_DEVICE,
        found.c.boot,
        found.c.first,
        found.c.last,
        (found.c.last - found.c.first + 1).label("missing"),
        case((kept, true()), else_=false()).label("still_kept"),
        RUN.c.asks,
        RUN.c.asked_ms,
    ).select_from(
        found.join(RUN, and_(RUN.c.device == found.c.device, RUN.c.boot == found.c.boot)).join(
            DEVICE, DEVICE.c.id == found.c.device
        )
    )


def _newest() -> SelectBase:
    """Return the newest summary of each device; an outer join lets SQLite begin with the devices."""
    mine = and_(
        SUMMARY.c.device == STATUS.c.device,
        SUMMARY.c.at_ms == STATUS.c.newest_ms,
        SUMMARY.c.boot == STATUS.c.newest_boot,
        SUMMARY.c.seq == STATUS.c.newest_seq,
    )
    return (
        select(
            *_DEVICE,
            STATUS.c.newest_ms.label("at_ms"),
            SUMMARY.c.people,
            SUMMARY.c.mimicry_index,
            SUMMARY.c.measurable,
            SUMMARY.c.state,
            SUMMARY.c.evidence,
            SUMMARY.c.coverage,
            SUMMARY.c.active_pairs,
        )
        .select_from(_BOTH.outerjoin(SUMMARY, mine))
        .where(STATUS.c.newest_ms.is_not(None))
    )


def _needing(where: ColumnElement[bool], *columns: ColumnElement[object]) -> SelectBase:
    return select(*_DEVICE, *columns).select_from(_BOTH).where(where)


def _figures(kind: str, *place: ColumnElement[str]) -> SelectBase:
    own = FIGURE.c
    shown = (own.site, own.building, *place, own.hour_ms, own.rooms, own.people, own.mimicry_index)
    return select(*shown).where(own.kind == kind)


def _views(dialect: str) -> dict[str, SelectBase]:
    own = STATUS.c
    silent = own.heard_ms < now_ms(dialect) - SILENT_MS
    away = and_(own.availability.is_not(None), or_(own.availability.in_(("offline", "stopped")), silent))
    older = select(*_DEVICE, own.software, SITE.c.software.label("newest")).select_from(
        _BOTH.join(SITE, SITE.c.name == DEVICE.c.site)
    )
    return {
        "newest": _newest(),
        "offline": _needing(away, own.availability, own.availability_ms, own.heard_ms),
        "muted": _needing(own.muted, own.muted_since_ms, own.consent),
        "degraded": _needing(own.mode.in_(("degraded", "safe")), own.mode, own.condition, own.why),
        "deaf": _needing(or_(own.deaf, own.availability == "deaf"), own.why, own.heard_ms),
        "old_version": older.where(own.software != SITE.c.software),
        "clock": _needing(own.clock != "synced", own.clock, own.health_ms),
        "gap": _gap(),
        "floor_hour": _figures(FLOOR, FIGURE.c.floor),
        "building_hour": _figures(BUILDING),
    }


VIEWS = tuple(_views("sqlite"))
"""In the order in which they are made."""


def view(db: Connection, name: str) -> str:
    """Return the statement that makes a view, in the store's own SQL."""
    postgresql = db.dialect.name == "postgresql"
    compiled = _views(db.dialect.name)[name].compile(db, compile_kwargs={"literal_binds": True})
    barrier = " WITH (security_barrier)" if postgresql else ""  # no function of a reader sees hidden rows
    return f"CREATE VIEW {name}{barrier} AS {compiled}"
