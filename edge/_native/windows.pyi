"""Windows of peak correlations, near and far: their means, and what held in them.

H windows, each near and at S offsets; K conditions hold in each of them.
"""

import numpy as np
from numpy.typing import NDArray

def means(
    windows: NDArray[np.float32], kept: NDArray[np.uint8] | None = None
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Mean of every column [H, S] over its known rows, [S], NaN for none; and how many these are, [S].

    `kept` [H, S]: the rows that count are where it is not 0. Raises `ValueError` on another shape.
    """

def together(
    still: NDArray[np.float64],
    slides: NDArray[np.float64],
    offsets: NDArray[np.int64],
    newest: NDArray[np.int64],
    window_n: int,
    out: NDArray[np.float64],
) -> None:
    """Write the mean over every window of two series at once, the later one |s| after the earlier.

    `still`, `slides` [2, N]: both people, as the earlier and as the later one. `offsets` [S]: s > 0, the
    second person is the later one. `newest` [H]: last sample of each window. `out` [H, S], of any strides;
    NaN for a window that ends |s| before the first sample. Raises `ValueError` on shapes that do not fit.
    """

def centred(
    peaks: NDArray[np.float64], conditions: NDArray[np.float64], far: NDArray[np.bool_]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64], NDArray[np.int64]]:
    """Means of conditions [1 + S, K]; conditions [H, 1 + S, K] and peaks [H, 1 + S] around theirs; counts.

    Only windows whose peak and conditions are all finite count, [1 + S]; what is left of the others, and of
    offsets that are not `far` [S], is 0. Raises `ValueError` on shapes that do not fit.
    """
