"""Who the rows of a table are about: numbers as they are, names in the order of appearance."""

import math

import numpy as np
from numpy.typing import NDArray

from edge.errors import SignalsError
from edge.tables.cells import is_number, value_of
from edge.tables.columns import Columns
from edge.tables.names import LARGEST
from edge.tables.text import Sheet

OFTEN_N = 10  # rows of somebody beside whom a name that is there once is a slip


def people(columns: Columns, sheet: Sheet) -> tuple[NDArray[np.int64], dict[int, str]]:
    """Give everybody a number: the table's own, or the place of a name in the order of appearance."""
    if columns.person is None:
        return np.zeros(len(columns.lines), np.int64), {}
    labels, first, who = np.unique(columns.person.astype(str), return_index=True, return_inverse=True)
    numeric = np.array([is_number(one) for one in labels])
    counted = numeric[who].mean() >= 0.5
    odd = ~numeric if counted else numeric
    odd |= numeric & np.array([_number(one) is None for one in labels])
    if odd.any():
        row = int(first[odd].min())
        where = f"got {columns.person[row][:40]!r} as person at {sheet.path}:{columns.lines[row]}"
        raise SignalsError(f"expected a whole number, {where}")
    if numeric.all():
        return np.array([_number(one) or 0 for one in labels], np.int64)[who], {}
    _refuse_single(columns, sheet, who, first)
    _refuse_alike(columns, sheet, labels, first)
    place = np.argsort(np.argsort(first)) + 1
    return place[who], {int(place[k]): str(one) for k, one in enumerate(labels)}


def _refuse_single(columns: Columns, sheet: Sheet, who: NDArray[np.int64], first: NDArray[np.int64]) -> None:
    """Refuse a name that is there once while others come often: a slip of the pen is nobody."""
    assert columns.person is not None
    counts = np.bincount(who)
    if counts.min() == 1 and counts.max() >= OFTEN_N:
        row = int(first[counts == 1].min())
        shown = columns.person[row][:40]
        raise SignalsError(
            f"expected names that come more than once, got {shown!r} at {sheet.path}:{columns.lines[row]}"
        )


def _refuse_alike(columns: Columns, sheet: Sheet, labels: NDArray[np.str_], first: NDArray[np.int64]) -> None:
    """Refuse two spellings of one name: nobody is two people for a capital letter or a blank."""
    known: dict[str, str] = {}
    for label, row in sorted(zip(map(str, labels), first.tolist(), strict=True), key=lambda one: one[1]):
        other = known.setdefault(" ".join(label.casefold().split()), label)
        if other != label:
            where = f"{label[:40]!r} after {other[:40]!r} at {sheet.path}:{columns.lines[row]}"
            raise SignalsError(f"expected one spelling of a name, got {where}")


def _number(label: str) -> int | None:
    """Return a label as a person's number; None where it is none."""
    value = value_of(label) if is_number(label) else math.nan
    return int(value) if value.is_integer() and abs(value) <= LARGEST["person"] else None
