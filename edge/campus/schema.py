"""The tables, in columns; times are milliseconds since 1970 in UTC.

A result is known by (device, boot, seq), which `span` remembers in few rows; its time may be corrected
between two copies and is no part of it. Results are clustered by device and time.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Double,
    ForeignKey,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.schema import SchemaItem

from edge.campus import columns
from edge.campus.columns import Field

METADATA = MetaData()
_TYPES: dict[object, type[Text | Integer | BigInteger | Double[float]]] = {
    columns.text: Text,
    columns.whole: Integer,
    columns.number: Double,
    columns.moment_ms: BigInteger,
}


def _column(field: Field) -> SchemaItem:
    """Return the column of a message's field."""
    return Column(field.column, _TYPES.get(field.read, Boolean))


def _columns(fields: tuple[Field, ...], *key: str) -> list[SchemaItem]:
    """Return the columns of a message's fields, without those that are part of a key."""
    return [_column(field) for field in fields if field.column not in key]


def _results(name: str, *more: SchemaItem) -> Table:
    """Return a table of results, clustered by device and time."""
    return Table(
        name,
        METADATA,
        Column("device", Integer, primary_key=True, autoincrement=False),
        Column("at_ms", BigInteger, primary_key=True),
        Column("boot", String(8), primary_key=True),
        Column("seq", Integer, primary_key=True),
        *more,
        sqlite_with_rowid=False,
        postgresql_partition_by="RANGE (at_ms)",
    )


VERSION = Table("version", METADATA, Column("number", Integer, nullable=False))
SITE = Table(
    "site",
    METADATA,
    Column("name", Text, primary_key=True),
    Column("software", Text),
)
DEVICE = Table(
    "device",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("site", Text, nullable=False),
    Column("name", String(64), nullable=False),
    Column("room", Text),
    Column("floor", Text),
    Column("building", Text),
    UniqueConstraint("site", "name"),
)
STATUS = Table(
    "status",
    METADATA,
    Column("device", ForeignKey(DEVICE.c.id), primary_key=True, autoincrement=False),
    Column("heard_ms", BigInteger),
    Column("availability", Text),
    Column("availability_ms", BigInteger),
    Column("muted_since_ms", BigInteger),
    Column("newest_ms", BigInteger),
    Column("newest_boot", String(8)),
    Column("newest_seq", Integer),
    *_columns(columns.HEALTH),
    *_columns(columns.PRIVACY),
)
MUTE = Table(
    "mute",
    METADATA,
    Column("device", ForeignKey(DEVICE.c.id), primary_key=True, autoincrement=False),
    Column("began_ms", BigInteger, primary_key=True),
    Column("ended_ms", BigInteger),
    sqlite_with_rowid=False,
)
RUN = Table(
    "run",
    METADATA,
    Column("device", ForeignKey(DEVICE.c.id), primary_key=True, autoincrement=False),
    Column("boot", String(8), primary_key=True),
    Column("floor", Integer, nullable=False),
    Column("kept_first", Integer),
    Column("kept_last", Integer),
    Column("asked_ms", BigInteger, nullable=False, default=0),
    Column("asks", Integer, nullable=False, default=0),
    Column("heard_ms", BigInteger, nullable=False),
)
SPAN = Table(
    "span",
    METADATA,
    Column("device", Integer, primary_key=True, autoincrement=False),
    Column("boot", String(8), primary_key=True),
    Column("first", Integer, primary_key=True),
    Column("last", Integer, nullable=False),
    sqlite_with_rowid=False,
)
SUMMARY = _results("summary", Column("stored_ms", BigInteger), *_columns(columns.SUMMARY, "at_ms"))
EVENT = _results(
    "event",
    Column("stored_ms", BigInteger),
    *_columns(columns.EVENT, "at_ms"),
    Column("one", Integer),
    Column("other", Integer),
)
MEASURE = _results(
    "measure",
    Column("place", Integer, primary_key=True),
    *_columns(columns.MEASURE),
    Column("extra", Text),
)
PARKED = Table(
    "parked",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("at_ms", BigInteger, nullable=False),
    Column("topic", LargeBinary, nullable=False),
    Column("payload", LargeBinary, nullable=False),
    Column("reason", Text, nullable=False),
)
LEAST = Table(
    "least",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("rooms", Integer, nullable=False),
    Column("people", Integer, nullable=False),
    CheckConstraint("id = 1 AND rooms >= 3 AND people >= 9"),
)
FIGURE = Table(
    "figure",
    METADATA,
    *(Column(name, Text, primary_key=True) for name in ("kind", "site", "building", "floor")),
    Column("hour_ms", BigInteger, primary_key=True, autoincrement=False),
    Column("rooms", Integer, nullable=False),
    Column("people", Integer, nullable=False),
    Column("mimicry_index", Double, nullable=False),
    Column("names", Text, nullable=False),
)
DECIDED = Table("decided", METADATA, Column("until_ms", BigInteger, nullable=False))
RESULTS = (SUMMARY, EVENT, MEASURE)
