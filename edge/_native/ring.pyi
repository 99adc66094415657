"""Mirrored ring of int16 samples: the last n samples are always one contiguous piece of memory."""

import numpy as np
from numpy.typing import NDArray

MISSING: int
"""The int16 that stands for a missing sample, -32768."""

class Ring:
    """Last `capacity` int16 samples, readable without copying.

    Every sample is stored twice, `capacity` apart, so that any n <= capacity newest samples are contiguous.
    Nothing is allocated after construction. Before the first push the ring is full of `MISSING`.

    Parameters
    ----------
    capacity : int
        Number of samples kept, 1..2**24.

    Raises
    ------
    ValueError
        If the capacity is out of range.
    """

    def __init__(self, capacity: int) -> None: ...
    @property
    def capacity(self) -> int:
        """Number of samples kept."""
    @property
    def pushed(self) -> int:
        """Samples pushed since construction or the last `clear`."""
    def push(self, value: int) -> None:
        """Append one sample, -32768..32767; the oldest falls out. ValueError outside of int16."""
    def extend(self, values: NDArray[np.int16]) -> None:
        """Append samples in order, int16 [n]."""
    def last(self, n: int) -> NDArray[np.int16]:
        """Newest n samples, oldest first, int16 [n]: a read-only view that the next push moves under.

        Raises
        ------
        ValueError
            If n is not in 0..capacity.
        """
    def clear(self) -> None:
        """Overwrite every sample with `MISSING` and start at zero."""
