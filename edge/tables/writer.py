"""Writes the table of a recording row by row while it is seen."""

import csv
import math
import os
import sys
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np

from edge.errors import SignalsError, writing
from edge.files import Draft
from edge.outputs import STANDARD
from edge.records import Expression
from edge.tables.names import HEADER, RECORDING
from edge.tables.table import Table, assembled


class TableWriter:
    """A table in the making: a context manager; the file appears when the block ends well.

    One of several recordings has a column more, which names the recording of each row.
    """

    def __init__(self, path: Path, *, several: bool = False) -> None:
        self._path, self._several = path, several
        self._t0_ns: int | None = None
        with writing(path, SignalsError):
            self._draft = None if path == STANDARD else Draft(path)
            target = os.dup(sys.stdout.fileno()) if self._draft is None else self._draft.part
            self._file = open(target, "w", encoding="utf-8", newline="")  # noqa: PTH123, SIM115 - or a handle
        self._rows = csv.writer(self._file, lineterminator="\n")
        self._rows.writerow((*HEADER, RECORDING) if several else HEADER)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with writing(self._path, SignalsError):
            try:
                self._file.close()
                if kind is None and self._draft is not None:
                    self._draft.keep()
            finally:
                if self._draft is not None:
                    self._draft.drop()

    def start(self, t_ns: int) -> None:
        """Set the time of the first frame, the table's zero; otherwise the first expression's."""
        self._t0_ns = t_ns

    def write(self, expression: Expression, view: int = 0) -> None:
        """Append one row; `view` is the recording, from 0."""
        if self._t0_ns is None:
            self._t0_ns = expression.t_ns
        with writing(self._path, SignalsError):
            fields = _fields(expression, self._t0_ns)
            self._rows.writerow((*fields, view + 1) if self._several else fields)


def from_expressions(frames: Iterable[tuple[int, Iterable[Expression]]], path: Path) -> Table:
    """Make a table of the times of frames, ns, and the people in them: what is written and read again."""
    rows: list[list[float]] = []
    t0_ns: int | None = None
    for t_ns, people in frames:
        t0_ns = t_ns if t0_ns is None else t0_ns
        rows += [[float(str(field) or "nan") for field in _fields(one, t0_ns)] for one in people]
    if not rows:
        raise SignalsError(f"expected at least one face, got none at {path}")
    return assembled(HEADER, np.array(rows))


def _fields(expression: Expression, t0_ns: int) -> tuple[object, ...]:
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
