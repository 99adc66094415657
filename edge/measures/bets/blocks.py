"""Bets on blocks: the statistic of the newest block of two signals, ranked among blocks that were never one.

Far blocks put the newest block of one person beside an older one of the other, 30 to 300 s back, half of them
either way.
"""

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from edge._native.lagged import sums
from edge.arrays import Floats
from edge.formulas import FAR_S
from edge.measures.context import Context

T = TypeVar("T", bound=np.generic)

FAR_MAX_S = 300.0  # farther back a meeting is another one (ours)
LEAST = 9  # far blocks; fewer are no null
LEAST_SHARE = 0.5  # of the samples of a block
EFFECTS = np.array([0.25, 0.5, 1.0, 2.0])
"""How far a coupling moves the statistic, in standard deviations of its null."""
NONE: Floats = np.empty(0)


def offsets_n(context: Context, n: int, step_n: int, *people: int) -> NDArray[np.int64]:
    """Return how far back the far blocks lie in samples of every `step_n`-th grid step, [S].

    `n` is the length of a block. By sign, in alternation: > 0: the second person's block is the older one.
    Empty while the common span is too short.
    """
    back = back_n(context, n, step_n, *people)
    return back * np.where(np.arange(len(back)) % 2, -1, 1)


def back_n(context: Context, n: int, step_n: int, *people: int) -> NDArray[np.int64]:
    """Return how far back the far blocks lie, without a sign, [S]."""
    rate_hz = context.rate_hz / step_n
    last = min(context.span_n(*people) // step_n - n, round(FAR_MAX_S * rate_hz))
    first = round(FAR_S * rate_hz)
    count = min(context.surrogates, (last - first) // max(1, round(rate_hz)))
    if count < LEAST:
        return NONE.astype(np.int64)
    return np.rint(np.linspace(first, last, count)).astype(np.int64)


def laid(x: NDArray[T], n: int, offsets: NDArray[np.int64], *, lag_n: int = 0) -> NDArray[T]:
    """Return the newest block of n samples and the older ones, [..., S + 1, n].

    An offset > 0 goes that far back, others stay with the newest; `lag_n` moves all of them back.
    """
    back = np.maximum(np.append(0, offsets), 0) + lag_n
    at = x.shape[-1] - n - back[:, None] + np.arange(n)
    return x[..., at]


def beside(x: NDArray[T], y: NDArray[T], n: int, offsets: NDArray[np.int64]) -> tuple[NDArray[T], NDArray[T]]:
    """Return the blocks of both people side by side, near first, [..., S + 1, n] each."""
    return laid(x, n, -offsets), laid(y, n, offsets)


def peak(x: Floats, y: Floats) -> Floats:
    """Return max over lags of atanh r sqrt((n - 3) / N) of blocks x [B, N] and y [B, N + 2 L], [B].

    Every lag weighs by the samples it has, so that gaps do not raise the maximum; NaN under half of them.
    """
    n, sx, sxx, sy, syy, sxy = sums(x, y)
    with np.errstate(invalid="ignore", divide="ignore"):
        r = (n * sxy - sx * sy) / np.sqrt((n * sxx - sx * sx) * (n * syy - sy * sy))
        z = np.arctanh(np.clip(r, -0.9999, 0.9999)) * np.sqrt(np.maximum(n - 3, 0) / x.shape[1])
    z = np.where((n >= LEAST_SHARE * x.shape[1]) & np.isfinite(z), z, -np.inf)
    best = z.max(axis=1)
    return np.where(np.isfinite(best), best, np.nan)


def mean(values: Floats, least_share: float = LEAST_SHARE) -> Floats:
    """Return the mean over the last axis; NaN where less than this share of it is known."""
    known = np.isfinite(values)
    count = known.sum(axis=-1)
    total = np.where(known, values, 0.0).sum(axis=-1)
    return np.where(count >= least_share * values.shape[-1], total / np.maximum(count, 1), np.nan)


def middle(values: Floats) -> Floats:
    """Return the median of what is known over the last axis, which is kept; NaN where nothing is."""
    ordered = np.sort(values, axis=-1)
    count = np.isfinite(ordered).sum(axis=-1, keepdims=True)
    low, high = (np.take_along_axis(ordered, np.maximum(n, 0) // 2, axis=-1) for n in (count - 1, count))
    return np.asarray(np.where(count > 0, (low + np.where(count % 2 == 1, low, high)) / 2, np.nan))
