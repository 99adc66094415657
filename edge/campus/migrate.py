"""Brings a store to the layout of this version: a number in the table `version`, a step for each."""

from collections.abc import Callable

from sqlalchemy import Connection, Engine, inspect, select, text

from edge.campus.engine import transaction
from edge.campus.partitions import make_partitions
from edge.campus.schema import METADATA, VERSION
from edge.campus.views import VIEWS, view
from edge.errors import CampusError

Step = Callable[[Connection], None]
STEPS: dict[int, Step] = {}
"""What leads to each layout after the first."""
NEWEST = max(STEPS, default=1)


def migrate(engine: Engine) -> None:
    """Create what is missing, or go on from an older layout; CampusError refuses a newer one."""
    with transaction(engine) as db:
        _lock(db)
        found = _version(db)
        if found is not None and found > NEWEST:
            where = engine.url.render_as_string()
            raise CampusError(f"expected a layout up to {NEWEST}, got {found} at {where}")
        if found is None:
            METADATA.create_all(db)
        for number in range(found or NEWEST, NEWEST):
            STEPS[number + 1](db)
        make_partitions(db)
        if found != NEWEST:
            _write_views(db)
            db.execute(VERSION.delete())
            db.execute(VERSION.insert().values(number=NEWEST))


def _lock(db: Connection) -> None:
    """Let one process at a time change the layout; a transaction of SQLite is alone already."""
    if db.dialect.name == "postgresql":
        db.execute(text("SELECT pg_advisory_xact_lock(7777)"))


def _version(db: Connection) -> int | None:
    if not inspect(db).has_table(VERSION.name):
        return None
    return db.execute(select(VERSION.c.number)).scalar()


def _write_views(db: Connection) -> None:
    for name in reversed(VIEWS):
        db.execute(text(f"DROP VIEW IF EXISTS {name}"))
    for name in VIEWS:
        db.execute(text(f"CREATE VIEW {name} AS {view(db, name)}"))
