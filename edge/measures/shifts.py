"""Null N1 for whole recordings: one person's signal turned against the other's by 30 s and more."""

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from edge.formulas import FAR_S

T = TypeVar("T", bound=np.generic)


def circular_shifts(n: int, rate_hz: float, count: int) -> NDArray[np.int64]:
    """Up to `count` shifts of a circle of n samples, evenly from 30 s to n / rate - 30 s, in samples.

    A circular shift keeps every sample, so the null statistic has as much data as the observed one; the one
    seam is as long as the lag searched.
    """
    far = round(FAR_S * rate_hz)
    return np.unique(np.rint(np.linspace(far, n - far, count)).astype(np.int64)) if n > 2 * far else _NONE


def turned(x: NDArray[T], shifts: NDArray[np.int64]) -> NDArray[T]:
    """Stack x [n] turned by every shift, [S, n]: row k holds x(t + shift k), around the circle."""
    starts = np.lib.stride_tricks.sliding_window_view(np.concatenate((x, x[:-1])), len(x))
    return np.asarray(starts[shifts % len(x)])


def jointly(rows: NDArray[T]) -> tuple[NDArray[T], NDArray[T]]:
    """Let value and null lose the same samples: row 0 and every other row, missing where either is, [S, ...].

    rows is [1 + S, ...], the value's series first. Gaps that both people share coincide in the value and not
    under a shift, so without this a draw would rest on fewer samples than the value. A draw is then read as
    draw + (value - the value on the draw's samples), which is the draw itself where nothing is missing.
    """
    missing = np.isnan(rows[:1]) | np.isnan(rows[1:])
    gone = rows.dtype.type(np.nan)
    return np.where(missing, gone, rows[:1]), np.where(missing, gone, rows[1:])


_NONE: NDArray[np.int64] = np.empty(0, dtype=np.int64)
