"""Sums that correlations of short blocks at every lag are made of."""

import numpy as np
from numpy.typing import NDArray

def sums(x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
    """N, sum x, x^2, y, y^2 and x y of x(t) and y(t + l) over the t at which both are known, [6, B, 2L+1].

    `x` [B, N], `y` [B, N + 2L], lags l = 0 .. 2L. Raises `ValueError` where y is shorter than x.
    """
