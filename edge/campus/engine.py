"""A store by its address: SQLite in a file, or PostgreSQL; errors of both become CampusError."""

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import quote

from sqlalchemy import URL, Connection, Engine, Table, create_engine, event, make_url
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError, DataError, DBAPIError, IntegrityError, NoSuchModuleError
from sqlalchemy.pool import ConnectionPoolEntry, NullPool

from edge.errors import CampusError

FORMS = "sqlite:///FILE or postgresql://[USER[:PASSWORD]@]HOST/DATABASE"
_READ_ONLY_FILE = {"mode": "ro", "uri": "true"}
_SERVER = {"connect_timeout": 5, "tcp_user_timeout": 15_000, "keepalives_idle": 15, "keepalives_interval": 5}
"""A machine that is gone without a word is missed after some 30 s, not after a quarter of an hour."""
_READ_ONLY_SERVER = {
    **_SERVER,
    "options": "-c default_transaction_read_only=on -c statement_timeout=5000",
}
_PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON")


def engine(url: str, *, read_only: bool = False) -> Engine:
    """Return the engine of an address; nothing is opened yet. The store itself refuses a reader's writes."""
    try:
        address = make_url(url)
        if address.drivername == "postgresql":
            address = address.set(drivername="postgresql+psycopg")
        if address.get_backend_name() not in {"sqlite", "postgresql"} or not address.database:
            raise CampusError(f"expected {FORMS}, got {address.render_as_string()!r} at store")
        if read_only:
            return _reading(address)
        server = address.get_backend_name() == "postgresql"
        made = create_engine(address, pool_pre_ping=True, connect_args=_SERVER if server else {})
    except (ArgumentError, NoSuchModuleError, ValueError) as error:
        raise CampusError(f"expected {FORMS}, got {url[:100]!r} at store") from error
    except ModuleNotFoundError as error:
        remedy = "pip install 'mimicry-edge[campus]'"
        raise CampusError(f"expected the package {error.name}, got none: {remedy}") from error
    if made.dialect.name == "sqlite":
        event.listen(made, "connect", _prepare)
        event.listen(made, "begin", _begin)
    return made


def _reading(address: URL) -> Engine:
    if address.get_backend_name() == "sqlite":
        file = URL.create("sqlite", database=f"file:{quote(address.database or '')}", query=_READ_ONLY_FILE)
        return create_engine(file, poolclass=NullPool)  # a file that was replaced is another store
    return create_engine(address, pool_pre_ping=True, connect_args=_READ_ONLY_SERVER)


class RowError(CampusError):
    """The store is there and refuses a row."""


def inserting(db: Connection, table: Table) -> postgresql.Insert | sqlite.Insert:
    """Return an insertion that may say what happens where a row is there already."""
    return postgresql.insert(table) if db.dialect.name == "postgresql" else sqlite.insert(table)


@contextmanager
def transaction(source: Engine) -> Iterator[Connection]:
    """Begin, commit at the end; CampusError says what the store refused."""
    try:
        with source.begin() as connection:
            yield connection
    except DBAPIError as error:
        reason = str(error.orig).strip().splitlines()[0] if error.orig else type(error).__name__
        where = source.url.render_as_string()
        kind = RowError if isinstance(error, DataError | IntegrityError) else CampusError
        raise kind(f"expected a store that answers, got {reason!r} at {where}") from error


def _prepare(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    """Let transactions begin where we say: pysqlite would begin them late."""
    connection.isolation_level = None
    cursor = connection.cursor()
    try:
        for pragma in _PRAGMAS:
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()
    except BaseException:
        connection.close()
        raise


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")
