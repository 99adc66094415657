"""Reads tables from CSV files: whole tables of signals, or two columns of any table."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from edge.arrays import Floats
from edge.errors import SignalsError, as_path
from edge.tables.names import LARGEST, LARGEST_VALUE, REQUIRED
from edge.tables.table import Table, assembled
from edge.tables.text import number, opened


def read(path: str | Path) -> Table:
    r"""Read a table of signals: `t_s`, `person` and numeric columns of any name.

    Raises
    ------
    SignalsError
        If the file cannot be read or is no such table: with the line.

    Examples
    --------
    >>> import edge
    >>> _ = Path("pair.csv").write_text("t_s,person,motion\n0,1,2.5\n0,2,\n0.1,1,2.25\n")
    >>> edge.read("pair.csv")
    Table(2 people, 3 rows, 0.1 s; motion)
    """
    path = as_path(path, SignalsError, "path")
    with opened(path) as (names, rows):
        header = _checked(names, path)
        parsed = [(line, _row(cells, header, f"{path}:{line}")) for line, cells in rows]
    if not parsed:
        raise SignalsError(f"expected at least one row, got only a header at {path}")
    lines, values = zip(*parsed, strict=True)
    return assembled(header, np.array(values), path=path, lines=lines)


def columns(path: str | Path, names: Sequence[str] = ()) -> tuple[Floats, Floats]:
    """Read two columns of a table with a header, the first two unless named; NaN where a cell is missing.

    Raises
    ------
    SignalsError
        If the file cannot be read, a column is missing, or a cell is no number: with the line.
    """
    path = as_path(path, SignalsError, "path")
    with opened(path) as (header, rows):
        at = _positions(header, names or header[:2], path)
        pairs = [_pair(cells, at, f"{path}:{line}") for line, cells in rows]
    if not pairs:
        raise SignalsError(f"expected at least one row, got only a header at {path}")
    both = np.array(pairs, np.float64)
    return both[:, 0].copy(), both[:, 1].copy()


def _checked(names: list[str], path: Path) -> list[str]:
    """Check the names of a table of signals."""
    for name in REQUIRED:
        if name not in names:
            raise SignalsError(f"expected a column {name}, got {', '.join(names) or 'nothing'} at {path}:1")
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice or "" in names:
        raise SignalsError(f"expected distinct column names, got {twice or 'an empty one'} at {path}:1")
    return names


def _row(cells: list[str], header: list[str], where: str) -> list[float]:
    """Turn one line into numbers, NaN for a missing one."""
    if len(cells) != len(header):
        raise SignalsError(f"expected {len(header)} fields, got {len(cells)} at {where}")
    return [_value(cell, name, where) for cell, name in zip(cells, header, strict=True)]


def _value(cell: str, name: str, where: str) -> float:
    """Parse one cell by the rules of its column."""
    here = f"got {cell!r} in column {name} at {where}"
    try:
        value = number(cell)
    except ValueError as error:
        raise SignalsError(f"expected a number, {here}") from error
    if name in {*REQUIRED, "frame"} and np.isnan(value):
        raise SignalsError(f"expected a number, {here}")
    largest = LARGEST.get(name, LARGEST_VALUE)
    if abs(value) > largest:
        raise SignalsError(f"expected a number of at most {largest:g}, {here}")
    if name in {"person", "frame"} and not value.is_integer():
        raise SignalsError(f"expected a whole number, {here}")
    return value


def _positions(header: list[str], names: Sequence[str], path: Path) -> list[int]:
    """Find the two columns."""
    for name in names:
        if name not in header:
            raise SignalsError(
                f"expected a column of {', '.join(header) or 'a header'}, got {name!r} at {path}:1"
            )
    if len(names) != 2:
        raise SignalsError(f"expected two columns, got {len(names)} at {path}")
    for name in names:
        if header.count(name) > 1:
            raise SignalsError(f"expected one column {name}, got {header.count(name)} at {path}:1")
    return [header.index(name) for name in names]


def _pair(cells: list[str], at: list[int], where: str) -> list[float]:
    """Parse the two cells of one row."""
    try:
        return [number(cells[k]) for k in at]
    except (ValueError, IndexError):
        raise SignalsError(f"expected two numbers, got {cells} at {where}") from None
