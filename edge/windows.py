"""Windowed lagged correlation of two columns of a table, through the service's own correlator.

In: two series of equal length on one uniform grid, NaN where missing. Out: r at every lag of every window,
cut as rMEA cuts them: window w covers samples [w*hop, w*hop + W + L), one series stands still at its start.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from numbers import Real

import numpy as np
from numpy.typing import ArrayLike

from edge._native.correlator import Correlator
from edge._native.quantise import fit, quantise
from edge.arrays import Floats
from edge.errors import SignalsError
from edge.tables import series

MAX_SAMPLES = 2**31  # of a length on the command line
Z_LIMIT = 10.0


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
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

    def __repr__(self) -> str:
        return f"Windows({len(self.start_s)} windows, {len(self.lags_s)} lags to +-{self.lags_s[-1]:.6g} s)"


def correlate(
    x: ArrayLike, y: ArrayLike, *, rate_hz: float, window_s: float, max_lag_s: float, hop_s: float
) -> Windows:
    """Correlate two series over windows of `window_s`, every `hop_s`, at lags -`max_lag_s`..+`max_lag_s`.

    The series are lists or 1-d arrays of equal length on one uniform grid, NaN where missing. There are
    ceil((n - W - L + 1) / hop) windows of n samples, all in whole samples. Each series is rounded to 16 bits
    over its own range (`edge._native.quantise.fit`): exact for integers that span at most 65534.

    Raises
    ------
    SignalsError
        If the series are not such arrays or too short, a length is not positive, or the lag is not shorter
        than the window.

    Examples
    --------
    The second series follows the first by half a second:

    >>> import edge, numpy as np
    >>> x = np.random.default_rng(1).standard_normal(600)
    >>> windows = edge.correlate(x, np.roll(x, 5), rate_hz=10, window_s=10, max_lag_s=2, hop_s=5)
    >>> windows
    Windows(10 windows, 41 lags to +-2 s)
    >>> float(windows.lags_s[np.argmax(windows.r[3])])
    0.5
    """
    pair = series(x, "x"), series(y, "y")
    asked = ((window_s, "window_s", 2), (max_lag_s, "max_lag_s", 0), (hop_s, "hop_s", 1))
    window_n, lags_n, hop_n = (_samples(seconds, rate_hz, name, least) for seconds, name, least in asked)
    least_n, got_n = window_n + lags_n, len(pair[0])
    if len(pair[1]) != got_n:
        raise SignalsError(f"expected series of equal length, got {got_n} and {len(pair[1])} samples at x, y")
    if got_n < least_n:
        raise SignalsError(f"expected at least {least_n} samples for one window, got {got_n} at x, y")
    frames = np.stack([quantise(one, *fit(one)) for one in pair], axis=1)
    ends = range(least_n, got_n + 1, hop_n)
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
    return replace(windows, r=z)


def magnitude(windows: Windows) -> Windows:
    """Return the same windows with absolute values (after Fisher z, as rMEA's ABS)."""
    return replace(windows, r=np.abs(windows.r))


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
    if not (isinstance(seconds, Real) and isinstance(rate_hz, Real)):
        raise SignalsError(f"expected numbers, got {seconds!r}, {rate_hz!r} at {name}, rate_hz")
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


def lines(windows: Windows) -> Iterator[str]:
    """Yield the table's lines: `window,start_s,coverage,lag_<seconds>...`, empty where not measurable."""
    yield ",".join(["window", "start_s", "coverage", *(f"lag_{lag:.6g}" for lag in windows.lags_s)])
    for w, (start, share, row) in enumerate(zip(windows.start_s, windows.coverage, windows.r, strict=True)):
        cells = ("" if np.isnan(value) else repr(value) for value in row.tolist())
        yield ",".join([str(w), f"{start:.9g}", f"{share:.6g}", *cells])
