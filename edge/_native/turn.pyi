import numpy as np
from numpy.typing import NDArray

def seen(
    moved: NDArray[np.float32],
    depth: NDArray[np.float32],
    out: NDArray[np.float32],
    nearest: NDArray[np.float32],
    step: float,
) -> None:
    """Write which part of a turned relief the camera sees at every node of a grid.

    `moved` [rows, cols, 2]: where each node of the relief comes to lie, column and row in nodes. `depth`
    [rows, cols]: how near it is to the camera after the turn, any unit. `out` [rows, cols, 2]: the place of
    the part seen less the node's own, px; NaN where the relief leaves the background free. `nearest`
    [rows, cols]: scratch. `step`: px between two nodes. Triangles that show their back are not seen.
    Raises `ValueError` on fields that do not fit.
    """
