"""One column of some rows: parsed by its role, with errors that name the cell, the column and the line."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from edge.arrays import Floats
from edge.errors import SignalsError
from edge.tables import cells as parsed
from edge.tables.names import LARGEST_VALUE

LONGEST_SHOWN = 40  # characters of a cell in an error


@dataclass(frozen=True, slots=True)
class Column:
    """Cells with what is needed to find them again."""

    cells: Sequence[str]
    lines: Sequence[int]
    name: str
    path: Path
    decimal: str

    def numbers(self, *, needed: bool = False) -> Floats:
        """Parse numbers, NaN where missing; `needed` ones may not be missing."""
        try:
            values = parsed.numbers(self.cells, self.decimal)
        except ValueError as error:
            k = int(error.args[0])
            grouped = parsed.is_grouped(self.cells[k])
            raise self._wrong(
                k, "a number without separators of thousands" if grouped else "a number"
            ) from None
        over = np.flatnonzero(np.abs(values) > LARGEST_VALUE)
        if over.size:
            raise self._wrong(int(over[0]), f"a number of at most {LARGEST_VALUE:g}")
        return self._whole(values) if needed else values

    def times(self, timecode_hz: int | None) -> Floats:
        """Parse times of day and dates, or timecodes that count this rate, s."""
        try:
            return self._whole(parsed.times(self.cells, timecode_hz))
        except ValueError as error:
            raise self._wrong(int(error.args[0]), "a time") from None

    def flags(self) -> NDArray[np.bool_]:
        """Parse yes and no."""
        try:
            return parsed.flags(self.cells)
        except ValueError as error:
            raise self._wrong(int(error.args[0]), "0 or 1") from None

    def people(self) -> Sequence[str]:
        """Return who each row is about; nobody is an error."""
        for k, cell in enumerate(self.cells):
            if parsed.is_missing(cell):
                raise self._wrong(k, "a person")
        return self.cells

    def _whole(self, values: Floats) -> Floats:
        for k in np.flatnonzero(np.isnan(values)):
            raise self._wrong(int(k), "a number")
        return values

    def _wrong(self, k: int, what: str) -> SignalsError:
        shown = self.cells[k][:LONGEST_SHOWN]
        return SignalsError(
            f"expected {what}, got {shown!r} in column {self.name} at {self.path}:{self.lines[k]}"
        )
