"""Text tables as rows of cells: separator, header and line numbers, found in the file itself."""

import csv
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import TextIO

from edge.errors import SignalsError, reading
from edge.tables.cells import is_missing, is_number
from edge.tables.encoding import WINDOWS, decoded, lines_of

DELIMITERS = "\t;|, "  # the first of these that cuts the first lines into equal rows
SNIFFED_N = 40  # lines that are looked at
COUNTS = re.compile("frame|index|row|sample|^(n|nr|no|id|x)$")  # names of columns that count
NAMELESS = re.compile(r"^$|^unnamed: \d+$|^\.\.\.\d+$")  # what programs call a column without a name
PREAMBLE = re.compile(
    r'#|"?sep=.?"?\s*$', re.IGNORECASE
)  # lines before the header: comments, Excel's separator
BLOCK_N = 20_000  # rows that are parsed together
NAMES = {"\t": "tab", ";": "semicolon", "|": "bar", ",": "comma", " ": "blank"}

Block = tuple[list[int], list[tuple[str, ...]]]
"""Line numbers, and the cells of each column."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A text table that is being read."""

    path: Path
    header: list[str]
    """Names of the columns, stripped; an empty one has no name."""
    named: bool
    """Whether the file has a header line."""
    row_names: bool
    """Whether the first column has no name because R wrote row names."""
    delimiter: str
    decimal: str
    """`.` or `,`."""
    windows: bool
    """Whether the text is not UTF-8 but Windows-1252."""
    sample: list[list[str]]
    """The first rows."""
    rows: Iterator[tuple[int, list[str]]]
    """Line number and cells of every row."""

    def blocks(self, notes: list[str]) -> Iterator[Block]:
        """Yield the rows column by column; a last line that was cut off is left out and noted."""
        width = len(self.header)
        rows = self.rows
        while block := list(islice(rows, BLOCK_N)):
            odd = next(((line, row) for line, row in block if len(row) != width), None)
            if odd is not None:
                _only_cut_off(self, odd, block, rows)
                notes.append(f"line {odd[0]} left out: it ends after {len(odd[1])} of {width} fields")
                block = block[:-1]
            if block:
                yield [line for line, _ in block], list(zip(*(row for _, row in block), strict=True))


@contextmanager
def opened(path: Path) -> Iterator[Sheet]:
    """Open a table; `-` is standard input. Raises SignalsError when it is none."""
    try:
        with reading(path, "file"), decoded(path) as file:
            yield _sheet(path, file)
    except csv.Error as error:
        raise SignalsError(f"expected a table of separated values, got {error} at {path}") from error


def _only_cut_off(
    sheet: Sheet, odd: tuple[int, list[str]], block: list[tuple[int, list[str]]], rest: Iterator[object]
) -> None:
    """Refuse a row of another length unless it is a shorter one at the very end."""
    line, row = odd
    last = odd is block[-1] or block[-1][0] == line
    if len(row) > len(sheet.header) or not last or len(block) == 1 or next(rest, None) is not None:
        raise SignalsError(f"expected {len(sheet.header)} fields, got {len(row)} at {sheet.path}:{line}")


def _sheet(path: Path, file: TextIO) -> Sheet:
    """Find out how the rows are cut and named."""
    start = 0
    first: list[str] = []
    for line in lines_of(file, path):
        if not first and (not line.strip() or PREAMBLE.match(line)):
            start += 1
        else:
            first.append(line)
        if len(first) >= SNIFFED_N:
            break
    _refuse_other_files(first, path)
    delimiter = _delimiter(first)
    rows = _rows(chain(first, file), delimiter, start)
    sample = list(islice(rows, SNIFFED_N - 1))
    named = bool(sample) and not all(is_missing(cell) or is_number(cell) for cell in sample[0][1])
    header = (
        [" ".join(name.split()) for name in sample.pop(0)[1]]
        if named
        else [f"column_{k + 1}" for k in range(len(sample[0][1]) if sample else 0)]
    )
    quoted = _quoted_names(first)
    row_names = named and _has_row_names(header, [row for _, row in sample], quoted=quoted)
    header = ["", *header] if row_names else _trimmed(header, 1)
    return Sheet(
        path=path,
        header=header,
        named=named,
        row_names=row_names,
        delimiter=delimiter,
        decimal=_decimal([cell for _, row in sample for cell in row]),
        windows=file.encoding == WINDOWS,
        sample=[row for _, row in sample],
        rows=((line, _trimmed(row, len(header))) for line, row in chain(sample, rows)),
    )


def _rows(lines: Iterator[str], delimiter: str, start: int) -> Iterator[tuple[int, list[str]]]:
    """Cut lines into stripped cells; blank lines are left out."""
    if delimiter == " ":
        lines = (line.strip() + "\n" for line in lines)
    rows = csv.reader(lines, delimiter=delimiter, skipinitialspace=True, strict=True)
    for row in rows:
        if row and (len(row) > 1 or row[0].strip()):
            yield rows.line_num + start, [cell.strip() for cell in row]


def _trimmed(row: list[str], width: int) -> list[str]:
    """Return a row without the empty cells that a separator at the end of the line leaves beyond a width."""
    end = len(row)
    while end > width and not row[end - 1]:
        end -= 1
    return row[:end] if end < len(row) else row


def _delimiter(lines: list[str]) -> str:
    """Return what cuts the first lines into rows of one length; otherwise what stands in the first line."""
    for delimiter in DELIMITERS:
        widths = _widths(lines, delimiter)
        if (
            min(widths, default=0) > 1
            and len(set(widths[1:] or widths)) == 1
            and widths[-1] - widths[0] in (0, 1)
        ):
            return delimiter
    header = lines[0].strip() if lines else ""
    return next((one for one in ",;|\t " if one in header), ",")


def _widths(lines: list[str], delimiter: str) -> list[int]:
    """Count the cells of the first lines, the last one apart: it may have been cut off."""
    try:
        return [len(row) for _, row in _rows(iter(lines[:-1] if len(lines) > 2 else lines), delimiter, 0)]
    except csv.Error:
        return []


def _quoted_names(lines: list[str]) -> bool:
    """Whether header and row names are quoted and other cells are not, as R's `write.table` does."""
    return len(lines) > 1 and lines[0][0] == lines[1][0] == '"' != lines[1].rstrip()[-1]


def _has_row_names(header: list[str], rows: list[list[str]], *, quoted: bool) -> bool:
    """Whether every row has one cell more than the header, and begins with its number or a name, as in R.

    Without quotes (`quote=FALSE`) only with its number, and where no other column counts: a header may have
    lost a name.
    """
    if not rows or any(len(row) != len(header) + 1 for row in rows[:-1] or rows):
        return False
    if any(NAMELESS.search(name.lower()) for name in header):
        return False  # the column of row names is among them: another one lost its name
    names = [row[0] for row in rows]
    counted = names == [str(k + 1) for k in range(len(names))]
    if not quoted:
        return counted and len(rows) > 2 and not any(COUNTS.search(name.lower()) for name in header)
    words = not any(is_number(name) or is_missing(name) for name in names)
    return counted or (words and len(set(names)) == len(names) > 1)


def _decimal(cells: list[str]) -> str:
    """Return the decimal mark: a comma if there are such numbers and none with a point."""
    commas = any(re.fullmatch(r"[+-]?\d*,\d+([eE][+-]?\d+)?", cell) for cell in cells)
    points = any(re.fullmatch(r"[+-]?(\d+\.\d*|\.\d+)([eE][+-]?\d+)?", cell) for cell in cells)
    return "," if commas and not points else "."


def _refuse_other_files(lines: list[str], path: Path) -> None:
    """Name a recording of JSON lines, or a binary file, for what it is."""
    if lines and lines[0].lstrip().startswith(("{", "[")):
        raise SignalsError(f"expected a table, got JSON at {path}: `report` draws recordings")
    if any("\0" in line for line in lines):
        raise SignalsError(f"expected a text table, got binary data at {path}")
