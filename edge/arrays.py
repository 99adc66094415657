"""Names of the array types that most rooms use."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
"""Numbers; NaN where not measurable."""
Times = NDArray[np.int64]
"""Points of time, ns."""
