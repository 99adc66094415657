"""Cells as numbers, flags and times; what is missing in any of its spellings is NaN."""

import math
import re
from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from edge.arrays import Floats

MISSING = frozenset(
    {
        *(
            "",
            "na",
            "n/a",
            "#n/a",
            "nan",
            "-nan",
            "+nan",
            "null",
            "none",
            "nil",
            "-",
            "--",
            ".",
            "?",
            "missing",
        ),
        *("nan(ind)", "-nan(ind)", "1.#qnan", "-1.#ind", "1.#ind", "-1.#qnan", "#value!", "#num!", "#div/0!"),
        *("<na>", "n.a.", "nd", "undefined", "na_real_"),
    }
)
"""Words for a missing value, in lower case."""
FLAGS = {"1": True, "true": True, "yes": True, "t": True, "0": False, "false": False, "no": False, "f": False}
_NUMBER = re.compile(r"[+\-\u2212]?(\d+([.,]\d*)?|[.,]\d+)([eE][+\-\u2212]?\d+)?(\s?%)?", re.ASCII)
_GROUPED = re.compile(r"[+\-\u2212]?[1-9]\d{0,2}([.,'\u2019\s\xa0\u202f]\d{3})+([.,]\d+)?", re.ASCII)
_GROUPED_WHOLE = re.compile(r"[+-]?[1-9]\d{0,2}[.,]\d{3}", re.ASCII)
_PLAIN = re.compile(r"[0-9eE.+\-\s]*", re.ASCII)
_CLOCK = re.compile(r"(?:(\d+):)?(\d+):(\d+(?:\.\d+)?)", re.ASCII)
_TIMECODE = re.compile(r"(\d+):(\d+):(\d+)[:;](\d+)(\.\d+)?", re.ASCII)
TIMECODE_HZ = (24, 25, 30, 50, 60, 100, 120, 240)


def is_missing(cell: str) -> bool:
    """Whether a cell is empty or a word for a missing value."""
    return cell.lower() in MISSING


def is_number(cell: str) -> bool:
    """Whether a cell is a number, with decimal point or comma, also in percent or with the minus of print."""
    return _NUMBER.fullmatch(cell) is not None


def is_grouped(cell: str) -> bool:
    """Whether a cell could be a number with separators of thousands."""
    return _GROUPED.fullmatch(cell) is not None


def value_of(cell: str) -> float:
    """Return the value of what `is_number`; 5 % is .05."""
    plain = cell.replace(",", ".").replace("\u2212", "-")
    return float(plain.rstrip("% \t")) / 100 if plain.endswith("%") else float(plain)


def numbers(cells: Sequence[str], decimal: str = ".") -> Floats:
    """Parse cells; NaN where missing, ValueError with the position of the first that is no number.

    What may be thousands as well as decimals, 1.234 beside 987, is none.
    """
    if (doubtful := _thousands(cells, decimal)) is not None:
        raise ValueError(doubtful)
    if decimal == "." and _PLAIN.fullmatch("\n".join(cells)):
        with suppress(ValueError):
            values = np.array([float(cell) if cell else math.nan for cell in cells])
            if not np.isinf(values).any():
                return values
    return np.array([_number(cell, decimal, k) for k, cell in enumerate(cells)])


def flags(cells: Iterable[str]) -> NDArray[np.bool_]:
    """Parse yes and no; a missing one is no. ValueError with the position of the first that is neither."""
    found = []
    for k, cell in enumerate(cells):
        word = cell.lower()
        if word not in FLAGS and word not in MISSING:
            word = str(int(value_of(cell))) if is_number(cell) and value_of(cell) in (0, 1) else word
            if word not in FLAGS:
                raise ValueError(k)
        found.append(FLAGS.get(word, False))
    return np.array(found, bool)


def timecode_hz(cells: Iterable[str]) -> int | None:
    """Return how many frames a second of timecodes HH:MM:SS:FF counts; None where cells are no timecodes."""
    found = [_TIMECODE.fullmatch(cell) for cell in cells if not is_missing(cell)]
    if not found or None in found:
        return None
    most = max(int(one[4]) for one in found if one)
    return next((rate for rate in TIMECODE_HZ if rate > most), None)


def times(cells: Sequence[str], rate_hz: int | None) -> Floats:
    """Parse times of day, dates or numbers, s; ValueError with the position of the first that is none."""
    return np.array([_time(cell, rate_hz, k) for k, cell in enumerate(cells)])


def _thousands(cells: Sequence[str], decimal: str) -> int | None:
    """Return where the first cell is whose mark may separate thousands, where nothing decides it.

    Decimals end in other places than the third somewhere, or begin with 0, or are in every cell.
    """
    if any(decimal in cell and not _GROUPED_WHOLE.fullmatch(cell) for cell in cells):
        return None
    marked = next((k for k, cell in enumerate(cells) if decimal in cell and not is_missing(cell)), None)
    return marked if any(cell.isdigit() and cell != "0" for cell in cells) else None


def _number(cell: str, decimal: str, k: int) -> float:
    if is_missing(cell):
        return math.nan
    if not is_number(cell) or ("." if decimal == "," else ",") in cell:
        raise ValueError(k)
    value = value_of(cell)
    if math.isinf(value):
        raise ValueError(k)
    return value


def _time(cell: str, rate_hz: int | None, k: int) -> float:
    if rate_hz is not None:
        found = _TIMECODE.fullmatch(cell)
        if found is None:
            raise ValueError(k)
        hours, minutes, seconds, frame = (int(found[part]) for part in (1, 2, 3, 4))
        if frame >= rate_hz:
            raise ValueError(k)
        return 3600 * hours + 60 * minutes + seconds + (frame + float(found[5] or 0)) / rate_hz
    if found := _CLOCK.fullmatch(cell.replace(",", ".")):
        return 3600 * int(found[1] or 0) + 60 * int(found[2]) + float(found[3])
    if "-" in cell[1:] and ":" in cell:
        return _date(cell, k)
    if is_missing(cell):
        return math.nan
    raise ValueError(k)


def _date(cell: str, k: int) -> float:
    try:
        moment = datetime.fromisoformat(cell)
    except ValueError:
        raise ValueError(k) from None
    zero = datetime(1970, 1, 1, tzinfo=UTC)
    return (datetime.combine(moment.date(), moment.timetz(), moment.tzinfo or UTC) - zero).total_seconds()
