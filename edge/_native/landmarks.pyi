"""Landmarks from crop to picture coordinates, and how far they extend."""

import numpy as np
from numpy.typing import NDArray

def to_picture(
    landmarks: NDArray[np.float32],
    out: NDArray[np.float32],
    x_px: float,
    y_px: float,
    side_px: float,
    angle_rad: float,
    size_px: float,
) -> tuple[float, float, float, float]:
    """Turn landmarks [N, 3] in crop pixels into picture pixels `out`; return their extent x0, y0, x1, y1."""

def extent(points: NDArray[np.float32], angle_rad: float) -> tuple[float, float, float, float]:
    """Return the extent u0, v0, u1, v1 of points [N, 2 or more] along axes turned by `angle_rad`."""
