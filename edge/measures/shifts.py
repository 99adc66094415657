"""Null N1 for whole recordings: one person's signal turned against the other's by 30 s and more."""

import numpy as np
from numpy.typing import NDArray

from edge.arrays import Floats

FAR_S = 30.0  # no shift is nearer, on either side of the circle


def circular_shifts(n: int, rate_hz: float, count: int) -> NDArray[np.int64]:
    """Up to `count` shifts of a circle of n samples, evenly from 30 s to n / rate - 30 s, in samples.

    A circular shift keeps every sample, so the null statistic has as much data as the observed one; the one
    seam is as long as the lag searched.
    """
    far = round(FAR_S * rate_hz)
    return np.unique(np.rint(np.linspace(far, n - far, count)).astype(np.int64)) if n > 2 * far else _NONE


def rolled(x: Floats, shifts: NDArray[np.int64]) -> Floats:
    """Stack x itself and x delayed by every shift, [S + 1, n]; row 0 is unshifted."""
    n = x.shape[-1]
    at = (np.arange(n)[None, :] - np.concatenate(([0], shifts))[:, None]) % n
    return np.asarray(x[..., at])


_NONE: NDArray[np.int64] = np.empty(0, dtype=np.int64)
