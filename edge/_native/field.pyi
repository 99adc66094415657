"""Invert smooth displacement fields on a grid of nodes, to sub-pixel accuracy."""

import numpy as np
from numpy.typing import NDArray

def invert(
    outer: NDArray[np.float32],
    inner: NDArray[np.float32],
    out: NDArray[np.float32],
    x0: float,
    y0: float,
    step: float,
) -> None:
    """Invert p = s' + outer(s'), s' = s + inner(s) at every node into out = s - p, px, [rows, cols, 2]."""
