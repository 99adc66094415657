"""Warp one portrait into a frame: invert displacement fields, sample with seam and lids, add sensor noise."""

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

def warp(
    frame: NDArray[np.uint8],
    src: NDArray[np.uint8],
    spans: NDArray[np.int32],
    upper: NDArray[np.float32],
    lower: NDArray[np.float32],
    grid: tuple[float, float, float],
    lids: NDArray[np.float32],
    seam: NDArray[np.float32],
    interior: tuple[int, int, int],
    pose: tuple[float, float, float, float, bool, int, int],
) -> None:
    """Draw a premultiplied RGBA portrait into an RGB frame through inverse displacement grids."""

def expose(frame: NDArray[np.uint8], noise: NDArray[np.int8], offset: int, gain: int) -> None:
    """Scale every byte by gain/256 and add noise[offset + i], clipped to 0..255, in place."""
