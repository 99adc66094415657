"""What is fast and small in every channel of a face, and how two faces share it."""

import numpy as np
from numpy.typing import NDArray

def fine(x: NDArray[np.float64], half_n: int, to_sd: float, limit: float) -> NDArray[np.float64]:
    """Rows [C, N] less their mean over `half_n` samples either way, in robust sd, within +-`limit`, [C, N].

    The sd of a row is `to_sd` times the lower median of its sizes. NaN where x is not finite, and in rows
    without a spread. Raises `ValueError` for half_n < 0.
    """

def correlations(x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
    """Sum x y / sqrt(sum x^2 sum y^2) of every row of [C, N] over the samples that both have, [C].

    NaN where one of the two is 0 throughout or nothing is common. Raises `ValueError` on unlike shapes.
    """
