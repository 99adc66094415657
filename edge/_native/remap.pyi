"""Draw a portrait into a frame through inverse displacement fields, mouth and lids included."""

import numpy as np
from numpy.typing import NDArray

def warp(
    frame: NDArray[np.uint8],
    src: NDArray[np.uint64],
    spans: NDArray[np.int32],
    upper: NDArray[np.float32],
    lower: NDArray[np.float32],
    grid: tuple[float, float, float],
    lids: NDArray[np.float32],
    seam: NDArray[np.float32],
    interior: tuple[int, int, int],
    pose: tuple[float, float, float, float, bool, int, int],
) -> None:
    """Draw a portrait (premultiplied RGBA, 16 bits a channel, [h, w]) into an RGB frame, by inverse grids."""
