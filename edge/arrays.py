"""Names of the array types that most modules use, and how their memory is given up."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
"""Numbers; NaN where not measurable."""
Times = NDArray[np.int64]
"""Points of time, ns."""


def overwrite(*arrays: NDArray[np.generic]) -> None:
    """Fill arrays that hold data of people, read-only ones too: floats with NaN, all others with 0."""
    for array in arrays:
        array.flags.writeable = True
        array.fill(np.nan if np.issubdtype(array.dtype, np.floating) else 0)
