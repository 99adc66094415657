"""Tables and views as files, CSV or Parquet; results with the names of their device and room."""

import csv
import importlib
from collections.abc import Iterator, Sequence
from pathlib import Path

from sqlalchemy import Connection, Executable, Table, TableClause, literal_column, select

from edge.campus.engine import transaction
from edge.campus.schema import DEVICE, RESULTS
from edge.campus.store import Store
from edge.campus.views import VIEWS
from edge.errors import CampusError, writing
from edge.files import Draft
from edge.outputs import written

NAMES = (*(table.name for table in RESULTS), *VIEWS)
_ROWS = 10_000  # held in memory
_PLACE = (DEVICE.c.site, DEVICE.c.name, DEVICE.c.building, DEVICE.c.floor, DEVICE.c.room)

Cells = Sequence[object]


def export(store: Store, name: str, out: Path, since_ms: int = 0, until_ms: int = 1 << 62) -> int:
    """Write a table or a view; return how many rows. The span of time is that of results."""
    table = next((one for one in RESULTS if one.name == name), None)
    view: Executable = select(literal_column("*")).select_from(TableClause(name))
    query = view if table is None else _query(table, since_ms, until_ms)
    with transaction(store.engine) as db:
        heads, batches = _read(db, query)
        if out.suffix.lower() == ".parquet":
            return _parquet(out, heads, batches)
        return _csv(out, heads, batches)


def _query(table: Table, since_ms: int, until_ms: int) -> Executable:
    columns = [column for column in table.c if column.name != "device"]
    where = (table.c.at_ms >= since_ms, table.c.at_ms < until_ms)
    query = select(*_PLACE, *columns).join(DEVICE, DEVICE.c.id == table.c.device).where(*where)
    return query.order_by(table.c.device, table.c.at_ms)


def _read(db: Connection, query: Executable) -> tuple[list[str], Iterator[Sequence[Cells]]]:
    """Return the names of the columns, and the rows a few at a time."""
    result = db.execution_options(stream_results=True, max_row_buffer=_ROWS).execute(query)
    return list(result.keys()), result.partitions(_ROWS)


def _csv(out: Path, heads: list[str], batches: Iterator[Sequence[Cells]]) -> int:
    count = 0
    with writing(out, CampusError), written(out) as stream:
        table = csv.writer(stream, lineterminator="\n")
        table.writerow(heads)
        for rows in batches:
            table.writerows(rows)
            count += len(rows)
    return count


def _parquet(out: Path, heads: list[str], batches: Iterator[Sequence[Cells]]) -> int:
    """Write Parquet; a column of which the first rows hold no value takes its type from what comes."""
    try:
        arrow, parquet = (importlib.import_module(name) for name in ("pyarrow", "pyarrow.parquet"))
    except ImportError as error:
        remedy = "pip install pyarrow"
        raise CampusError(f"expected the package pyarrow for .parquet, got none: {remedy}") from error
    rows = [row for batch in batches for row in batch]
    columns = {head: [row[place] for row in rows] for place, head in enumerate(heads)}
    with writing(out, CampusError), Draft(out) as part:
        parquet.write_table(arrow.table(columns), part)
    return len(rows)
