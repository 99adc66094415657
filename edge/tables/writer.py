"""Writes the table of a recording row by row while it is seen."""

import csv
import math
from pathlib import Path
from types import TracebackType
from typing import Self

from edge.errors import SignalsError, writing
from edge.files import Draft
from edge.records import Expression
from edge.tables.names import HEADER


class TableWriter:
    """A table in the making: a context manager; the file appears when the block ends well."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._t0_ns: int | None = None
        with writing(path, SignalsError):
            self._draft = Draft(path)
            self._file = self._draft.part.open("w", encoding="utf-8", newline="")
        self._rows = csv.writer(self._file, lineterminator="\n")
        self._rows.writerow(HEADER)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with writing(self._path, SignalsError):
            try:
                self._file.close()
                if kind is None:
                    self._draft.keep()
            finally:
                self._draft.drop()

    def start(self, t_ns: int) -> None:
        """Set the time of the first frame, the table's zero; otherwise the first expression's."""
        self._t0_ns = t_ns

    def write(self, expression: Expression) -> None:
        """Append one row."""
        if self._t0_ns is None:
            self._t0_ns = expression.t_ns
        with writing(self._path, SignalsError):
            self._rows.writerow(fields(expression, self._t0_ns))


def fields(expression: Expression, t0_ns: int) -> tuple[object, ...]:
    """Return one row in the order of `HEADER`."""
    pose = (math.degrees(angle) for angle in expression.pose_rad)
    return (
        f"{(expression.t_ns - t0_ns) / 1e9:.6f}",
        expression.index,
        expression.person,
        *(f"{value:.2f}" for value in expression.box_px),
        f"{expression.presence:.4f}",
        *(f"{value:.3f}" for value in pose),
        *("" if math.isnan(value) else f"{value:.6g}" for value in expression.raw),
    )
