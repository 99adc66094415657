"""Copies of pictures that are seen through any strides."""

import numpy as np
from numpy.typing import NDArray

def copy(seen: NDArray[np.uint8], out: NDArray[np.uint8]) -> None:
    """Copy `seen` [H, W, 3], whose strides may be negative, exchanged or padded, into `out` of its shape."""
