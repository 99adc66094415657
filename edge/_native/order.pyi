"""Running order statistics: the last samples of some channels, kept sorted as they come and go."""

import numpy as np
from numpy.typing import NDArray

class Window:
    """The last `capacity` samples of C channels; what is not finite counts as missing."""

    def __init__(self, channels: int, capacity: int) -> None: ...
    @property
    def count(self) -> NDArray[np.intp]:
        """Finite samples of every channel, [C]."""

    def push(self, sample: NDArray[np.float64]) -> None:
        """Take a sample [C] in place of the oldest."""

    @property
    def memory(self) -> tuple[NDArray[np.generic], ...]:
        """Views of everything kept, for looking at what a wipe leaves."""

    def wipe(self, channel: int | None = None) -> None:
        """Drop what is known of one channel."""

    def quantile(self, q: NDArray[np.float64]) -> NDArray[np.float64]:
        """Quantile q[c] (0..1) of every channel, linear between samples, [C]; NaN where none is known."""

    def deviation(self, centre: NDArray[np.float64]) -> NDArray[np.float64]:
        """Median of |sample - centre| of every channel, [C]; NaN where nothing or no centre is known."""
