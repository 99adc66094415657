"""What a place of a picture shows, sampled and compared.

Pictures are uint8 [H, W, 3], of which the green channel is read; a box is x, y, width, height in px, sampled
in the middle of each cell of a grid. ValueError for other shapes and for more than 256 samples a side.
"""

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Box: TypeAlias = tuple[float, float, float, float]

def sample(image: NDArray[np.uint8], box_px: Box, out: NDArray[np.uint8]) -> None:
    """Sample a box into `out` [n, n]; beyond the picture its border is repeated."""

def spread(shown: NDArray[np.uint8]) -> float:
    """Return the standard deviation of samples [n, m]; NaN of none."""

def likeness(
    shown: NDArray[np.uint8], image: NDArray[np.uint8], box_px: Box, every: int, flat_sd: float
) -> float:
    """Return Pearson's r of samples [n, n], every `every`-th, with the same box of another picture.

    NaN where the box now varies by less than `flat_sd`, or what was shown does not vary.
    """

def change(image: NDArray[np.uint8], last: NDArray[np.uint8], down: int, across: int) -> float:
    """Put every `down`-th row and `across`-th column of a picture into `last`; return their mean change."""

def resemblance(a: NDArray[np.float32], b: NDArray[np.float32]) -> float:
    """Return Pearson's r of two arrays of one shape; NaN where one of them is constant."""
