"""Samples at irregular times: which is the newest before a time, triangular means, values between samples."""

import numpy as np
from numpy.typing import NDArray

def before(t_ns: NDArray[np.int64], end: int, at_ns: int) -> int:
    """Index of the newest of the first `end` ascending times not after `at_ns`, at least 0."""

def smooth(raw: NDArray[np.float64], out: NDArray[np.float64], i: int, half: int) -> None:
    """Write the mean of rows i - half..i + half of `raw`, weighed by a triangle, to row i of `out`, [N, C].

    At the very start the triangle is cut off. NaN in gives NaN out.
    """

def between(
    t_ns: NDArray[np.int64], values: NDArray[np.float64], end: int, known: int, at_ns: int
) -> NDArray[np.float64]:
    """Rows of `values` [N, C] at a time by linear interpolation, [C].

    The first `end` times are ascending, the first `known` rows have values; NaN outside of these.
    """
