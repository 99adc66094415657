"""What is read off a row of correlations: Fisher z and the peak with its sub-sample lag."""

import numpy as np
from numpy.typing import NDArray

Z_LIMIT: float
"""Fisher z is clamped to +-Z_LIMIT = 10, as rMEA does."""

def fisher_z(r: NDArray[np.float64], out: NDArray[np.float64] | None = None) -> NDArray[np.float64]:
    """Fisher z = atanh(r) clamped to +-10; NaN stays NaN. C-contiguous float64 of any shape."""

def peaks(
    r: NDArray[np.float64],
    *,
    absolute: bool = False,
    lag: NDArray[np.float64] | None = None,
    value: NDArray[np.float64] | None = None,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Largest value of every row and the lag where it stands, with sub-sample precision.

    With the largest sample a at index k, its neighbours b (k-1) and c (k+1), the parabola through the three
    gives

        d = (b - c) / (2 (b - 2a + c)),  lag = k - L + d,  value = a - (b - c) d / 4

    The peak stays on the grid (d = 0) at the edge of the row or beside a NaN. The first one wins a tie.

    Parameters
    ----------
    r : ndarray of float64 [..., 2L+1], C-contiguous
        Rows over lags -L..L: r or Fisher z.
    absolute : bool
        Take the largest |r| (the value keeps its sign) instead of the largest r.
    lag, value : ndarray of float64 [...], optional
        Where to write; allocated when absent.

    Returns
    -------
    lag, value : ndarray of float64 [...]
        Lag in samples, -L..L, and the interpolated value; NaN for rows without any number. The
        interpolated value of a row of r may exceed 1 in magnitude.

    Raises
    ------
    ValueError
        If the last axis is even or empty, or shapes do not fit.
    """
