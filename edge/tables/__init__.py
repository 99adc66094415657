"""Tables of signals: recognised and checked when read, written whole or not at all.

In: expressions, arrays, or text tables of many programs. Out: a `Table` in memory, or the same as a CSV file.
"""

from edge.tables.arrays import from_arrays, series
from edge.tables.choose import chosen
from edge.tables.names import HEADER
from edge.tables.reader import read
from edge.tables.table import Table
from edge.tables.two import two
from edge.tables.writer import TableWriter, from_expressions

__all__ = [
    "HEADER",
    "Table",
    "TableWriter",
    "chosen",
    "from_arrays",
    "from_expressions",
    "read",
    "series",
    "two",
]
