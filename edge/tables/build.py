"""From parsed columns to a table: order, doubled rows, rows without a face, row numbers."""

import numpy as np
from numpy.typing import NDArray

from edge.arrays import Floats
from edge.errors import SignalsError
from edge.tables import clock
from edge.tables.codes import codes_in
from edge.tables.columns import Columns
from edge.tables.names import LARGEST
from edge.tables.roles import Layout
from edge.tables.table import Table
from edge.tables.text import Sheet
from edge.tables.who import people

LEAST_CONFIDENCE = 0.5  # of a row that counts where the program gives one (ours)
BEYOND_ONE = 2.0  # a confidence that no rounding makes of 1 (ours)
COUNTED_N = 10  # rows from which on a column that only counts, or only rises, is no signal


def built(columns: Columns, sheet: Sheet, layout: Layout, notes: list[str]) -> Table:
    """Make the table. Raises SignalsError where rows contradict each other."""
    assert columns.t_s is not None
    _check_frames(columns, sheet)
    _blank_without_face(columns, notes)
    _blank_codes(columns, sheet, layout, notes)
    kept = _signals_only(columns, sheet, layout, notes)
    who, names = people(columns, sheet)
    if any(one for one, _ in kept):
        return _wide(columns, kept, sheet, notes)
    order = _ordered(columns, who, sheet, notes)
    t_s = columns.t_s[order]
    clock.check(t_s, columns.lines[order], sheet.path)
    return Table(
        t_s=t_s,
        frame=_frames(columns, t_s, order),
        person=who[order],
        channels=tuple(channel for _, channel in kept),
        values=columns.values[order],
        context={name: column[order] for name, column in columns.context.items()},
        names=names,
        notes=tuple(notes),
    )


def _wide(columns: Columns, kept: list[tuple[str, str]], sheet: Sheet, notes: list[str]) -> Table:
    """Make a table whose people have columns of their own."""
    assert columns.t_s is not None
    who = list(dict.fromkeys(one for one, _ in kept))
    channels = list(dict.fromkeys(one for _, one in kept))
    _refuse(np.diff(columns.t_s) <= 0, np.arange(len(columns.t_s)), columns, sheet)
    clock.check(columns.t_s, columns.lines, sheet.path)
    n = len(columns.t_s)
    padded = np.hstack([columns.values, np.full((n, 1), np.nan)])
    at = [kept.index((one, name)) if (one, name) in kept else -1 for one in who for name in channels]
    return Table(
        t_s=np.repeat(columns.t_s, len(who)),
        frame=np.repeat(np.arange(n), len(who)),
        person=np.tile(np.arange(1, len(who) + 1), n),
        channels=tuple(channels),
        values=padded[:, at].reshape(n * len(who), len(channels)),
        context={},
        names=dict(enumerate(who, start=1)),
        notes=(*notes, f"people are columns: {', '.join(who)}"),
    )


def _blank_without_face(columns: Columns, notes: list[str]) -> None:
    """Take rows without a found face as missing, never as zeros."""
    without = np.zeros(len(columns.lines), bool)
    if columns.success is not None:
        without |= ~columns.success
    if columns.confidence is not None:
        without |= _confidence(columns.confidence, notes) < LEAST_CONFIDENCE
    if without.any():
        columns.values[without] = np.nan
        for column in columns.context.values():
            column[without] = np.nan
        notes.append(f"{int(without.sum())} of {len(without)} rows without a face taken as missing")


def _confidence(given: Floats, notes: list[str]) -> Floats:
    """Return a confidence of 0..1; where most of it goes beyond it is in percent."""
    sure = given[given > 0.0]
    if not len(sure) or np.median(sure) <= BEYOND_ONE:
        return given
    notes.append("the confidence is in percent")
    return given / 100


def _blank_codes(columns: Columns, sheet: Sheet, layout: Layout, notes: list[str]) -> None:
    """Take numbers that mean a missing value as missing."""
    named = [(columns.values[:, k], column) for k, column in enumerate(layout.channels.values())]
    named += [(columns.context[name], column) for name, (column, _) in layout.context.items()]
    for values, column in named:
        for code in codes_in(values):
            found = values == code
            values[found] = np.nan
            notes.append(f"{code:g} in {int(found.sum())} rows of {sheet.header[column]} taken as missing")


def _signals_only(columns: Columns, sheet: Sheet, layout: Layout, notes: list[str]) -> list[tuple[str, str]]:
    """Keep what is a signal; row numbers and times under other names are left out, or asked about."""
    kept, at = [], []
    for k, (key, column) in enumerate(layout.channels.items()):
        name = sheet.header[column]
        if not _rises(columns, columns.values[:, k]):
            kept.append(key)
            at.append(k)
        elif layout.time is None and not _counts(columns.values[:, k]):
            raise SignalsError(
                f"expected a signal, got numbers that only rise in column {name} at {sheet.path}: "
                f"if it is the time, --time {name}"
            )
        else:
            notes.append(f"column {name} only rises: no signal")
    if not kept:
        raise SignalsError(f"expected at least one channel column, got none at {sheet.path}:1")
    columns.values = columns.values[:, at]
    return kept


def _rises(columns: Columns, values: Floats) -> bool:
    """Whether a column rises with every row of everybody."""
    if len(values) < COUNTED_N or np.isnan(values).any():
        return False
    if columns.person is None:
        return bool((np.diff(values) > 0).all())
    _, who = np.unique(columns.person.astype(str), return_inverse=True)
    order = np.argsort(who, kind="stable")
    return bool((np.diff(values[order])[np.diff(who[order]) == 0] > 0).all())


def _counts(values: Floats) -> bool:
    """Whether a column is the number of the row, from 0 or 1 on."""
    return bool((np.diff(values) == 1).all() and values[0] in (0, 1))


def _check_frames(columns: Columns, sheet: Sheet) -> None:
    """Refuse frames that are no whole numbers."""
    if columns.frame is None:
        return
    odd = np.flatnonzero(~(np.abs(columns.frame) <= LARGEST["frame"]) | (columns.frame % 1 != 0))
    if odd.size:
        row = int(odd[0])
        raise SignalsError(
            f"expected a whole number, got {columns.frame[row]:g} as frame "
            f"at {sheet.path}:{columns.lines[row]}"
        )


def _ordered(columns: Columns, who: NDArray[np.int64], sheet: Sheet, notes: list[str]) -> NDArray[np.int64]:
    """Return the rows in the order of time, one of each that is there twice."""
    assert columns.t_s is not None
    apart = np.argsort(who, kind="stable")
    one = np.diff(who[apart]) == 0
    _refuse(one & (np.diff(columns.t_s[apart]) < 0), apart, columns, sheet)
    rows = np.lexsort((who, columns.t_s))
    twin = (np.diff(columns.t_s[rows]) == 0) & (np.diff(who[rows]) == 0)
    for k in np.flatnonzero(twin):
        if not np.array_equal(columns.values[rows[k]], columns.values[rows[k + 1]], equal_nan=True):
            person, line = who[rows[k]], columns.lines[rows[k + 1]]
            raise SignalsError(
                f"expected one row per time and person, got person {person} twice at {sheet.path}:{line}"
            )
    if twin.any():
        lines = ", ".join(map(str, columns.lines[rows[1:][twin]][:5]))
        notes.append(f"{int(twin.sum())} doubled rows left out, at lines {lines}")
    kept = np.sort(np.delete(rows, 1 + np.flatnonzero(twin)))
    return kept[np.argsort(columns.t_s[kept], kind="stable")]


def _refuse(back: NDArray[np.bool_], rows: NDArray[np.int64], columns: Columns, sheet: Sheet) -> None:
    """Refuse a time that does not follow the one before."""
    assert columns.t_s is not None
    for k in np.flatnonzero(back):
        before, row = columns.t_s[rows[k]], rows[k + 1]
        where = f"{sheet.path}:{columns.lines[row]}"
        raise SignalsError(f"expected ascending times, got {columns.t_s[row]} after {before} at {where}")


def _frames(columns: Columns, t_s: Floats, order: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the frames of the rows; without such a column, the number of the distinct time."""
    if columns.frame is not None:
        return columns.frame[order].astype(np.int64)
    return np.cumsum(np.diff(t_s, prepend=t_s[:1]) > 0).astype(np.int64)
