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
    n = len(x)
    return np.asarray(x[(np.arange(n) + shifts[:, None]) % n])


_NONE: NDArray[np.int64] = np.empty(0, dtype=np.int64)
