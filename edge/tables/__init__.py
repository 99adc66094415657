"""Tables of signals: one row per time and person; read strictly, written whole or not at all.

In: expressions, arrays, or CSV files. Out: a `Table` in memory, or the same as a CSV file.
"""

from edge.tables.arrays import from_arrays, series
from edge.tables.names import HEADER
from edge.tables.reader import columns, read
from edge.tables.table import Table
from edge.tables.writer import TableWriter, from_expressions

__all__ = ["HEADER", "Table", "TableWriter", "columns", "from_arrays", "from_expressions", "read", "series"]
