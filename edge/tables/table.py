"""A table of signals in memory."""

import csv
import io
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from edge.arrays import Floats
from edge.errors import SignalsError, as_path, writing
from edge.files import write_whole
from edge.records import CHANNELS, Expression, frozen
from edge.tables.names import BOX, NOT_CHANNELS, POSE, RECORDING, SEEN

BOX_CANTHI = 1.6  # width of the face box over the distance between the outer canthi, near frontal


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Table:
    """Signals of people, one row per time and person, in ascending time."""

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
    """Recording, box, presence and pose columns the table has, [R] each."""
    names: dict[int, str] = field(default_factory=dict)
    """Names of people by number, where the table has names."""
    cameras: int = 1
    """Number of files it was read from: with more, rows of one frame differ in time."""
    notes: tuple[str, ...] = ()
    """What was recognised, left out and taken as missing when it was read."""

    def __repr__(self) -> str:
        names = ", ".join(self.channels[:4]) + (", ..." if len(self.channels) > 4 else "")
        rows, people, long_s = len(self.t_s), len(self.people), self.t_s[-1] - self.t_s[0]
        return f"Table({people} people, {rows} rows, {long_s:.6g} s; {names})"

    @property
    def people(self) -> tuple[int, ...]:
        """Numbers of everybody in the table, ascending."""
        return tuple(np.unique(self.person).tolist())

    @property
    def recordings(self) -> dict[int, int]:
        """Which of several recordings shows each person, from 1; empty for a table of one."""
        if RECORDING not in self.context:
            return {}
        known = np.isfinite(self.context[RECORDING])
        shown = self.context[RECORDING][known].astype(int)
        return dict(zip(self.person[known].tolist(), shown.tolist(), strict=True))

    @property
    def seats(self) -> tuple[int, ...]:
        """People from left to right, those of the first recording first; nobody whose place is not known."""
        x_px, w_px = (self._columns((name,), math.nan)[:, 0] for name in ("x_px", "w_px"))
        known = np.isfinite(x_px + w_px)
        places = {}
        for person in np.unique(self.person[known]).tolist():
            own = known & (self.person == person)
            places[person] = self.recordings.get(person, 0), float(np.mean((x_px + w_px / 2)[own])), person
        return tuple(sorted(places, key=places.__getitem__))

    def number(self, who: int | str) -> int:
        """Return the number of a person, given by number or name. Raises SignalsError for nobody's."""
        named = {name: one for one, name in self.names.items()}
        if who in named:
            return named[str(who)]
        for one in self.people:
            if str(one) == str(who):
                return one
        known = ", ".join(self.label(one) for one in self.people)
        raise SignalsError(f"expected a person of {known}, got {who!r}")

    def label(self, person: int) -> str:
        """Return a person's name, the number where there is none."""
        return self.names.get(person, str(person))

    def of(self, person: int, channel: str) -> Floats:
        """Return one person's values of one channel in the order of time; missing rows are left out."""
        if channel not in self.channels:
            raise SignalsError(f"expected one of {', '.join(self.channels)}, got {channel!r} as channel")
        if person not in self.people:
            known = ", ".join(map(str, self.people))
            raise SignalsError(f"expected one of {known}, got {person!r} as person")
        return np.asarray(self.values[self.person == person, self.channels.index(channel)])

    def to_csv(self, path: str | Path) -> None:
        """Write a CSV file that `read` reads to the same numbers; the file appears whole."""
        path = as_path(path, SignalsError, "path")
        columns = {"t_s": self.t_s, "frame": self.frame, "person": self.person, **self.context}
        columns |= {name: self.values[:, k] for k, name in enumerate(self.channels)}
        text = io.StringIO()
        rows = csv.writer(text, lineterminator="\n")
        rows.writerow(columns)
        lists = [column.tolist() for column in columns.values()]
        rows.writerows([_cell(value) for value in row] for row in zip(*lists, strict=True))
        with writing(path, SignalsError):
            write_whole(path, text.getvalue())

    def expressions(self) -> Iterator[list[Expression]]:
        """Yield the people of each frame as expressions with `raw` only (`x` is the same array)."""
        columns = [self.channels.index(name) if name in self.channels else -1 for name in CHANNELS]
        yield from self._frames(np.column_stack([self.values, np.full(len(self.values), np.nan)])[:, columns])

    def samples(self) -> Iterator[list[Expression]]:
        """Yield the people of each frame with the table's own `channels` in `raw` and `x`."""
        yield from self._frames(self.values)

    def _frames(self, values: Floats) -> Iterator[list[Expression]]:
        first = np.flatnonzero(self._begins())
        pose_rad, box_px = np.radians(self._columns(POSE, 0.0)), self._columns(BOX, math.nan)
        presence = self._columns(("presence",), 1.0)
        in_cm = "presence" in self.context  # only `signals` writes it

        def expression(row: int) -> Expression:
            raw = values[row].copy()  # its own: when the person is forgotten it is overwritten
            frozen(raw)
            x_px, y_px, w_px, h_px = box_px[row].tolist()
            return Expression(
                t_ns=round(float(self.t_s[row]) * 1e9),
                index=int(self.frame[row]),
                person=int(self.person[row]),
                raw=raw,
                x=raw,
                pose_rad=tuple(pose_rad[row].tolist()),
                canthus_px=w_px / BOX_CANTHI,
                presence=float(presence[row, 0]),
                box_px=(x_px, y_px, w_px, h_px),
                in_cm=in_cm,
            )

        for low, high in zip(first, [*first[1:], len(self.t_s)], strict=True):
            yield [expression(row) for row in range(low, high)]

    def _columns(self, names: Sequence[str], absent: float) -> Floats:
        """Return columns of the context side by side, [R, C]."""
        if not any(name in self.context for name in names):
            return np.broadcast_to(absent, (len(self.t_s), len(names)))
        missing = np.full(len(self.t_s), absent)
        return np.column_stack([self.context.get(name, missing) for name in names])

    def _begins(self) -> NDArray[np.bool_]:
        """Whether a frame begins at a row: at a new time, or, where cameras took turns, a new number."""
        later = np.asarray(np.diff(self.t_s, prepend=-np.inf) > 0)
        if self.cameras > 1:
            later &= np.diff(self.frame, prepend=self.frame[0] - 1) != 0
        if RECORDING in self.context:
            later |= np.diff(self.context[RECORDING], prepend=-1) != 0
        return later


def assembled(header: Sequence[str], rows: Floats) -> Table:
    """Make a table of rows in the order of `header`, times ascending."""
    column = {name: rows[:, k] for k, name in enumerate(header)}
    names = tuple(name for name in header if name not in NOT_CHANNELS)
    return Table(
        t_s=column["t_s"],
        frame=column["frame"].astype(np.int64),
        person=column["person"].astype(np.int64),
        channels=names,
        values=np.column_stack([column[name] for name in names]),
        context={name: column[name] for name in SEEN},
    )


def _cell(value: float) -> str:
    """Write a number with every digit it has; NaN is an empty cell."""
    return "" if math.isnan(value) else repr(value)
