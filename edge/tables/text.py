"""Text tables: a header, a delimiter found in it, rows with their line; cells that are missing or numbers."""

import csv
import math
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain
from pathlib import Path

from edge.errors import SignalsError, reading

DELIMITERS = ",;\t "  # the first of these in the header line separates the columns
MISSING = frozenset({"", "NA", "NaN", "nan", "null"})

Row = tuple[int, list[str]]
"""Line number and cells."""


@contextmanager
def opened(path: Path) -> Iterator[tuple[list[str], Iterator[Row]]]:
    """Open a table and give its column names and its rows, blank ones left out."""
    try:
        with reading(path, "file"), path.open(encoding="utf-8-sig", newline="") as file:
            first = file.readline()
            delimiter = next((one for one in DELIMITERS if one in first.strip()), ",")
            rows = csv.reader(chain([first], file), delimiter=delimiter, skipinitialspace=True, strict=True)
            header = [name.strip() for name in next(rows, [])]
            yield header, ((rows.line_num, [cell.strip() for cell in row]) for row in rows if row)
    except csv.Error as error:
        raise SignalsError(f"expected a table of separated values, got {error} at {path}") from error


def number(cell: str) -> float:
    """Parse one cell: NaN where missing, ValueError where it is no finite number."""
    value = math.nan if cell in MISSING else float(cell)
    if math.isinf(value):
        raise ValueError(cell)
    return value
