"""Rotated square of an RGB picture to a float tensor."""

import numpy as np
from numpy.typing import NDArray

def warp_square(
    image: NDArray[np.uint8],
    out: NDArray[np.float32],
    x_px: float,
    y_px: float,
    side_px: float,
    angle_rad: float,
    scale: float = ...,
    offset: float = ...,
) -> None:
    """Fill `out` [m, n, 3] with the rotated square of `image` [H, W, 3], times scale plus offset."""
