"""Windowed lagged correlation of two columns of a table, through the service's own correlator.

In: two series of equal length on one uniform grid, NaN where missing. Out: r at every lag of every window,
cut as rMEA cuts them: window w covers samples [w*hop, w*hop + W + L), one series stands still at its start.
"""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from edge._native.correlator import Correlator
from edge._native.quantise import fit, quantise
from edge.arrays import Floats
from edge.errors import SignalsError, reading

MAX_SAMPLES = 2**31  # of a length on the command line
Z_LIMIT = 10.0
MISSING_CELLS = frozenset({"", "NA", "NaN", "nan", "null"})
DELIMITERS = ",;\t "  # the first of these in the header line separates the columns


@dataclass(frozen=True, slots=True, kw_only=True)
class Windows:
    """Correlation of two series over successive windows."""

    start_s: Floats
    """Start of each window, seconds from the first sample, [N]."""
    coverage: Floats
    """Share of valid sample pairs at lag 0, 0..1, [N]."""
    lags_s: Floats
    """Lags, s, ascending, [2L+1]; positive: the second series follows the first."""
    r: Floats
    """Pearson r, -1..1, or Fisher z, +-10, [N, 2L+1]; NaN where not measurable."""


def correlate(
    x: Floats, y: Floats, *, rate_hz: float, window_s: float, max_lag_s: float, hop_s: float
) -> Windows:
    """Correlate two series over windows of `window_s`, every `hop_s`, at lags -`max_lag_s`..+`max_lag_s`.

    There are ceil((n - W - L + 1) / hop) windows of n samples, all in whole samples. Each series is rounded
    to 16 bits over its own range (`edge._native.quantise.fit`): exact for integers that span at most 65534.

    Raises
    ------
    SignalsError
        If a length is not positive, the lag not shorter than the window, or the series too short.
    """
    window_n, lags_n, hop_n = (
        _samples(seconds, rate_hz, name, least)
        for seconds, name, least in [
            (window_s, "window_s", 2),
            (max_lag_s, "max_lag_s", 0),
            (hop_s, "hop_s", 1),
        ]
    )
    if len(x) < window_n + lags_n:
        raise SignalsError(
            f"expected at least {window_n + lags_n} samples for one window, got {len(x)} in the columns"
        )
    frames = np.stack([quantise(np.ascontiguousarray(s, np.float64), *fit(s)) for s in (x, y)], axis=1)
    ends = range(window_n + lags_n, len(x) + 1, hop_n)
    r, coverage = np.empty((len(ends), 2 * lags_n + 1)), np.empty((len(ends), 1, 1))
    correlator = _two(window_n, lags_n)
    pushed = 0
    for row, end in enumerate(ends):
        correlator.push_block(np.ascontiguousarray(frames[pushed:end, :, None]))
        pushed = end
        correlator.r(0, 0, 1, 0, out=r[row])
        correlator.coverage(0, out=coverage[row])
    return Windows(
        start_s=np.arange(len(ends)) * hop_n / rate_hz,
        coverage=coverage[:, 0, 0],
        lags_s=np.arange(-lags_n, lags_n + 1) / rate_hz,
        r=r,
    )


def fisher(windows: Windows) -> Windows:
    """Return the same windows with Fisher z = atanh(r) in the place of r, clamped to +-10 as rMEA does."""
    with np.errstate(divide="ignore"):  # |r| = 1 is infinite before it is clamped
        z = np.clip(np.arctanh(windows.r), -Z_LIMIT, Z_LIMIT)
    return Windows(start_s=windows.start_s, coverage=windows.coverage, lags_s=windows.lags_s, r=z)


def magnitude(windows: Windows) -> Windows:
    """Return the same windows with absolute values (after Fisher z, as rMEA's ABS)."""
    return Windows(
        start_s=windows.start_s, coverage=windows.coverage, lags_s=windows.lags_s, r=np.abs(windows.r)
    )


def _two(window_n: int, lags_n: int) -> Correlator:
    """Return a correlator of two people and one channel."""
    try:
        correlator = Correlator(2, 1, [(window_n, lags_n, ())])
    except ValueError as error:
        raise SignalsError(str(error)) from error
    correlator.enter(0)
    correlator.enter(1)
    return correlator


def _samples(seconds: float, rate_hz: float, name: str, least: int) -> int:
    """Length in whole samples."""
    if not (rate_hz > 0 and np.isfinite(rate_hz) and np.isfinite(seconds)):
        raise SignalsError(
            f"expected finite numbers and a rate > 0, got {seconds}, {rate_hz} at {name}, rate_hz"
        )
    if not abs(seconds * rate_hz) <= MAX_SAMPLES:
        raise SignalsError(
            f"expected at most {MAX_SAMPLES} samples, got {seconds:g} s at {rate_hz:g} Hz at {name}"
        )
    n = round(seconds * rate_hz)
    if n < least:
        raise SignalsError(
            f"expected at least {least} samples, got {n} at {name} ({seconds} s at {rate_hz} Hz)"
        )
    return n


def read_columns(path: Path, names: Sequence[str] = ()) -> tuple[Floats, Floats]:
    """Read two columns of a table with a header, the first two unless named; NaN for NA and empty cells.

    Raises
    ------
    SignalsError
        If the file cannot be read, a column is missing, or a cell is no number: with the line.
    """
    try:
        with reading(path, "table"), path.open(encoding="utf-8-sig", newline="") as file:
            header = file.readline()
            delimiter = next((d for d in DELIMITERS if d in header.strip()), ",")
            columns = [name.strip() for name in next(csv.reader([header], delimiter=delimiter), [])]
            at = _positions(columns, names or columns[:2], path)
            cells = list(_cells(csv.reader(file, delimiter=delimiter, skipinitialspace=True), at, path))
    except csv.Error as error:
        raise SignalsError(f"expected a readable table, got {error} at {path}") from error
    if not cells:
        raise SignalsError(f"expected rows below the header, got none at {path}")
    table = np.array(cells, np.float64)
    return table[:, 0].copy(), table[:, 1].copy()


def _positions(columns: list[str], names: Sequence[str], path: Path) -> list[int]:
    """Where the two columns stand."""
    for name in names:
        if name not in columns:
            raise SignalsError(
                f"expected a column of {', '.join(columns) or 'a header'}, got {name!r} at {path}:1"
            )
    if len(names) != 2:
        raise SignalsError(f"expected two columns, got {len(names)} at {path}")
    for name in names:
        if columns.count(name) > 1:
            raise SignalsError(f"expected one column {name}, got {columns.count(name)} at {path}:1")
    return [columns.index(name) for name in names]


def _cells(rows: Iterator[list[str]], at: list[int], path: Path) -> Iterator[list[float]]:
    """Parse the two cells of every row that is not blank."""
    for line, row in enumerate(rows, start=2):
        if row:
            try:
                yield [_cell(row[k].strip()) for k in at]
            except (ValueError, IndexError):
                raise SignalsError(f"expected two numbers, got {row} at {path}:{line}") from None


def _cell(text: str) -> float:
    """Parse one cell: NaN where missing, ValueError where it is no finite number."""
    value = float("nan") if text in MISSING_CELLS else float(text)
    if np.isinf(value):
        raise ValueError
    return value


def lines(windows: Windows) -> Iterator[str]:
    """Yield the table's lines: `window,start_s,coverage,lag_<seconds>...`, empty where not measurable."""
    yield ",".join(["window", "start_s", "coverage", *(f"lag_{lag:.6g}" for lag in windows.lags_s)])
    for w, (start, share, row) in enumerate(zip(windows.start_s, windows.coverage, windows.r, strict=True)):
        cells = ("" if np.isnan(value) else repr(value) for value in row.tolist())
        yield ",".join([str(w), f"{start:.9g}", f"{share:.6g}", *cells])
