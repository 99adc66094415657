"""Names of the array types that most modules use, and how their memory is given up."""

import math

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
"""Numbers; NaN where not measurable."""
Times = NDArray[np.int64]
"""Points of time, ns."""


def quantile(x: Floats, q: float) -> float:
    """Return a quantile of few finite numbers, linear between neighbours; NumPy's takes ten times as long."""
    ordered: list[float] = np.sort(x).tolist()
    at = q * (len(ordered) - 1)
    low, high = ordered[math.floor(at)], ordered[math.ceil(at)]
    return low + (high - low) * (at - math.floor(at))


def overwrite(*arrays: NDArray[np.generic]) -> None:
    """Fill arrays that hold data of people, read-only ones too: floats with NaN, all others with 0."""
    for array in arrays:
        array.flags.writeable = True
        array.fill(np.nan if np.issubdtype(array.dtype, np.floating) else 0)
