"""What a sensor adds to a picture: brightness that swings, and noise."""

import numpy as np
from numpy.typing import NDArray

def expose(frame: NDArray[np.uint8], noise: NDArray[np.int8], offset: int, gain: float) -> None:
    """Scale every byte by `gain` and add noise[offset + i], clipped to 0..255, in place."""
