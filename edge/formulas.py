"""Formulas that more than one module uses."""

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from edge.arrays import Floats

MAD_TO_SD = 1.4826
"""Standard deviation of a normal distribution over its median absolute deviation."""
FAR_S = 30.0
"""Shortest lag of null N1, s: two people do not follow each other so late (after Moulder et al. 2018)."""
_LOGIT_MAX = 80.0  # keeps exp() finite


def correlation(a: NDArray[np.generic], b: NDArray[np.generic]) -> float:
    """Pearson's r of two arrays of one shape, as pictures; NaN where one of them is constant."""
    x, y = (one.astype(np.float64).ravel() for one in (a, b))
    x -= x.mean()
    y -= y.mean()
    scale = math.sqrt(float(x @ x) * float(y @ y))
    return float(x @ y) / scale if scale > 0 else float("nan")


def sigmoid(logit: ArrayLike) -> Floats:
    """1 / (1 + exp(-logit)), in double precision whatever the input is."""
    return 1 / (1 + np.exp(-np.clip(np.asarray(logit, np.float64), -_LOGIT_MAX, _LOGIT_MAX)))
