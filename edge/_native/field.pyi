"""Invert smooth displacement fields on a grid of nodes, to sub-pixel accuracy."""

import numpy as np
from numpy.typing import NDArray

def invert(
    field: NDArray[np.float32],
    start: NDArray[np.float32],
    out: NDArray[np.float32],
    x0: float,
    y0: float,
    step: float,
) -> None:
    """Solve s + field(s) = p + start(p) at every node p into out = s - p, px, [rows, cols, 2]."""
