"""Features of an aligned mesh: distances, heights and depths between named points; eye aspect ratio."""

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

class Features:
    """The channel table as arrays.

    Parameters
    ----------
    points : sequence of iterables of int
        Landmarks averaged into each named point, at most 64 points.
    pairs : sequence of (int, int)
        Named points a and b, by position in `points`.
    weights : array [C, pairs, 3]
        Weights of the distance |a - b|, the height a_y - b_y and the depth a_z - b_z in each channel.
    leaning : array [C, pairs, 3]
        What is added to the weights of a head of which the right side alone is seen.
    """

    def __init__(
        self,
        points: Sequence[Iterable[int]],
        pairs: Sequence[tuple[int, int]],
        weights: NDArray[np.float64],
        leaning: NDArray[np.float64],
    ) -> None: ...
    def measure(self, mesh: NDArray[np.float64], lean: float, out: NDArray[np.float64]) -> None:
        """Write the features of a mesh [N, 3] into `out` [C]; `lean` -1..1 weighs what is leaning."""

def eye_aspect(mesh: NDArray[np.float64], eyes: NDArray[np.intc]) -> float:
    """EAR = (|p2 - p6| + |p3 - p5|) / (2 |p1 - p4|), mean over eyes [E, 6]; NaN for one without width."""
