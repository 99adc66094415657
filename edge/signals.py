"""The signals table: one row per frame and person, raw features, CSV; read strictly, written by rename.

In: expressions, or any CSV with `t_s`, `person` and numeric columns. Out: the same on the other side.
"""

import csv
import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
from numpy.typing import NDArray

from edge.arrays import Floats
from edge.errors import SignalsError, reading, writing
from edge.files import Draft
from edge.records import CHANNELS, Expression, frozen

BOX = ("x_px", "y_px", "w_px", "h_px")
POSE = ("yaw_deg", "pitch_deg", "roll_deg")
HEADER = ("t_s", "frame", "person", *BOX, "presence", *POSE, *CHANNELS)
BOX_CANTHI = 1.6  # width of the face box over the distance between the outer canthi, near frontal
_REQUIRED = ("t_s", "person")
LARGEST = {"t_s": 4e9, "frame": 2**53, "person": 2**31}  # nanoseconds and numbers fit 64 bits with room
LARGEST_VALUE = 1e30  # squares and their sums stay finite
_NOT_CHANNELS = {"t_s", "frame", "person", *BOX, "presence", *POSE}


class SignalsWriter:
    """A signals table in the making: a context manager; the file appears when the block ends well."""

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
            self._rows.writerow(_fields(expression, self._t0_ns))


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A signals table in memory, rows in the order of the file."""

    path: Path
    """Where it came from."""
    t_s: Floats
    """Time of each row, s, [R], never descending."""
    frame: NDArray[np.int64]
    """Number of the frame of each row, [R]; without such a column, the number of the distinct time."""
    person: NDArray[np.int64]
    """Person of each row, [R]."""
    channels: tuple[str, ...]
    """Names of the numeric columns that are neither time, person, box, presence nor pose."""
    values: Floats
    """Their values, [R, C]; NaN where empty."""
    context: dict[str, Floats]
    """Box, presence and pose columns the file has, [R] each."""

    def expressions(self) -> Iterator[list[Expression]]:
        """Yield the people of each frame as expressions with `raw` only (`x` is the same array)."""
        columns = [self.channels.index(name) if name in self.channels else -1 for name in CHANNELS]
        yield from self._frames(np.column_stack([self.values, np.full(len(self.values), np.nan)])[:, columns])

    def samples(self) -> Iterator[list[Expression]]:
        """Yield the people of each frame with the file's own `channels` in `raw` and `x`."""
        yield from self._frames(self.values)

    def _frames(self, values: Floats) -> Iterator[list[Expression]]:
        values = np.ascontiguousarray(values)
        frozen(values)
        first = np.flatnonzero(np.diff(self.t_s, prepend=-np.inf))
        for low, high in zip(first, [*first[1:], len(self.t_s)], strict=True):
            yield [self._expression(row, values[row]) for row in range(low, high)]

    def _expression(self, row: int, raw: Floats) -> Expression:
        def at(name: str, absent: float) -> float:
            return float(self.context[name][row]) if name in self.context else absent

        yaw, pitch, roll = (math.radians(at(name, 0.0)) for name in POSE)
        x, y, w, h = (at(name, float("nan")) for name in BOX)
        return Expression(
            t_ns=round(float(self.t_s[row]) * 1e9),
            index=int(self.frame[row]),
            person=int(self.person[row]),
            raw=raw,
            x=raw,
            pose_rad=(yaw, pitch, roll),
            canthus_px=w / BOX_CANTHI,
            presence=at("presence", 1.0),
            box_px=(x, y, w, h),
        )


def read(path: str | Path) -> Table:
    """Read a table; raise `SignalsError` naming the line of what is wrong."""
    path = Path(path)
    try:
        with reading(path, "file"), path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.reader(file, strict=True)
            header = _header(next(rows, []), path)
            parsed = [_row(fields, header, f"{path}:{rows.line_num}") for fields in rows if fields]
    except csv.Error as error:
        raise SignalsError(f"expected comma-separated values, got {error} at {path}") from error
    if not parsed:
        raise SignalsError(f"expected at least one row, got only a header at {path}")
    return _table(path, header, np.array(parsed))


def _header(fields: list[str], path: Path) -> list[str]:
    """Check the first line and return the names."""
    names = [field.strip() for field in fields]
    for name in _REQUIRED:
        if name not in names:
            raise SignalsError(f"expected a column {name}, got {', '.join(names) or 'nothing'} at {path}:1")
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice or "" in names:
        raise SignalsError(f"expected distinct column names, got {twice or 'an empty one'} at {path}:1")
    return names


def _row(fields: list[str], header: list[str], where: str) -> list[float]:
    """Turn one line into numbers, NaN for an empty field."""
    if len(fields) != len(header):
        raise SignalsError(f"expected {len(header)} fields, got {len(fields)} at {where}")
    return [_number(field.strip(), name, where) for field, name in zip(fields, header, strict=True)]


def _number(field: str, name: str, where: str) -> float:
    try:
        value = float(field) if field else float("nan")
    except ValueError:
        value = float("inf")
    whole = name in {"person", "frame"}
    if math.isinf(value) or (name in {*_REQUIRED, "frame"} and not math.isfinite(value)):
        raise SignalsError(f"expected a number, got {field!r} in column {name} at {where}")
    largest = LARGEST.get(name, LARGEST_VALUE)
    if abs(value) > largest:
        raise SignalsError(
            f"expected a number of at most {largest:g}, got {field!r} in column {name} at {where}"
        )
    if whole and not value.is_integer():
        raise SignalsError(f"expected a whole number, got {field!r} in column {name} at {where}")
    return value


def _table(path: Path, header: list[str], rows: Floats) -> Table:
    """Put columns in their places and check the order of time."""
    column = {name: rows[:, i] for i, name in enumerate(header)}
    t_s, person = column["t_s"], column["person"]
    later = np.flatnonzero(np.diff(t_s) < 0)
    if later.size:
        row = int(later[0]) + 1
        raise SignalsError(f"expected ascending t_s, got {t_s[row]} after {t_s[row - 1]} at {path}:{row + 2}")
    same = _repeated(t_s, person)
    if same is not None:
        raise SignalsError(
            f"expected one row per time and person, got person {person[same]:.0f} twice at {path}:{same + 2}"
        )
    frame = column.get("frame", np.cumsum(np.diff(t_s, prepend=t_s[0]) > 0))
    names = tuple(name for name in header if name not in _NOT_CHANNELS)
    if not names:
        raise SignalsError(f"expected at least one channel column, got none at {path}:1")
    return Table(
        path=path,
        t_s=t_s,
        frame=frame.astype(np.int64),
        person=person.astype(np.int64),
        channels=names,
        values=np.column_stack([column[name] for name in names]),
        context={name: column[name] for name in (*BOX, "presence", *POSE) if name in column},
    )


def _repeated(t_s: Floats, person: Floats) -> int | None:
    """Return the first row whose time and person an earlier row has."""
    order = np.lexsort((person, t_s))
    twin = (np.diff(t_s[order]) == 0) & (np.diff(person[order]) == 0)
    return int(order[1:][twin].min()) if twin.any() else None
