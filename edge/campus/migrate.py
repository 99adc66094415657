"""Brings a store to the layout of this version: a number in the table `version`, a step for each."""

from collections.abc import Callable, Mapping

from sqlalchemy import Connection, Engine, inspect, select, text

from edge.campus.engine import transaction
from edge.campus.partitions import make_partitions
from edge.campus.schema import DECIDED, FIGURE, LEAST, METADATA, MUTE, STATUS, VERSION
from edge.campus.views import VIEWS, view
from edge.errors import CampusError

Step = Callable[[Connection], None]
LEAST_ROOMS, LEAST_PEOPLE = 5, 15  # of whom a figure of a floor or a building is made


def _begin_mutes(db: Connection) -> None:
    """Keep when devices were muted; of the time before only the mutes that still last are known."""
    MUTE.create(db)
    last = select(STATUS.c.device, STATUS.c.muted_since_ms)
    lasting = last.where(STATUS.c.muted, STATUS.c.muted_since_ms.is_not(None))
    db.execute(MUTE.insert().from_select(["device", "began_ms"], lasting))


def _begin_figures(db: Connection) -> None:
    """Begin figures of floors and buildings with the oldest hour."""
    METADATA.create_all(db, [FIGURE, DECIDED])
    db.execute(DECIDED.insert().values(until_ms=0))


STEPS: Mapping[int, Step] = {2: _begin_mutes, 3: _begin_figures}
"""What leads to each layout after the first."""
NEWEST = max(STEPS)


def migrate(engine: Engine, steps: Mapping[int, Step] = STEPS) -> None:
    """Create what is missing, or go on from an older layout; CampusError refuses a newer one."""
    newest = max(steps, default=1)
    with transaction(engine) as db:
        _lock(db)
        found = _version(db)
        if found is not None and found > newest:
            where = engine.url.render_as_string()
            raise CampusError(f"expected a layout up to {newest}, got {found} at {where}")
        if found != newest:
            _drop_views(db)
        if found is None:
            METADATA.create_all(db)
            db.execute(DECIDED.insert().values(until_ms=0))
            db.execute(LEAST.insert().values(id=1, rooms=LEAST_ROOMS, people=LEAST_PEOPLE))
        for number in range(found or newest, newest):
            steps[number + 1](db)
        make_partitions(db)
        if found != newest:
            _write_views(db)
            db.execute(VERSION.delete())
            db.execute(VERSION.insert().values(number=newest))


def _lock(db: Connection) -> None:
    """Let one process at a time change the layout; a transaction of SQLite is alone already."""
    if db.dialect.name == "postgresql":
        db.execute(text("SELECT pg_advisory_xact_lock(7777)"))


def _version(db: Connection) -> int | None:
    if not inspect(db).has_table(VERSION.name):
        return None
    return db.execute(select(VERSION.c.number)).scalar()


def _drop_views(db: Connection) -> None:
    for name in VIEWS:
        db.exec_driver_sql(f"DROP VIEW IF EXISTS {name}")


def _write_views(db: Connection) -> None:
    for name in VIEWS:
        db.exec_driver_sql(view(db, name))
