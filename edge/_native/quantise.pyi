"""Float signals to the int16 that the exact sums run on.

    q = clip(rint((x - offset) / step), -32767, 32767);  NaN and infinities become MISSING = -32768

Rounding is half to even. x' = offset + step * q is within step / 2 of x unless clipped. Integer data with
offset and step integers such that every (x - offset) / step is an integer in range stay exact.

Effect on a correlation, for two windows that are not clipped, with population standard deviations s_x, s_y:

    |r(x', y') - r(x, y)| <= step_x / s_x + step_y / s_y

(each centred, normalised window moves by at most step / s in the Euclidean norm, and r is their inner
product). That is the worst case; independent rounding errors give about sqrt((step_x / s_x)**2 + (step_y /
s_y)**2) / sqrt(12 n).
"""

import numpy as np
from numpy.typing import NDArray

def quantise(
    x: NDArray[np.float64], offset: float, step: float, out: NDArray[np.int16] | None = None
) -> NDArray[np.int16]:
    """Quantise signals to int16.

    Parameters
    ----------
    x : ndarray of float64, any shape, C-contiguous
        Signals; NaN or infinite where not measurable.
    offset : float
        The value that becomes 0, in the unit of x.
    step : float > 0
        The size of one unit, in the unit of x. For robust z-scores 1/1024 gives +-32 standard deviations.
    out : ndarray of int16, same shape, optional
        Where to write; allocated when absent.

    Returns
    -------
    ndarray of int16
        `out`.

    Raises
    ------
    ValueError
        If step is not a positive finite number, offset not finite, or the shapes or types do not fit.
    """

def fit(x: NDArray[np.float64]) -> tuple[float, float]:
    """Offset and step that use the whole 16 bits for a recording known in advance, float64 of any shape.

    Integer data spanning at most 65534 get step 1 (exact); other data get (max - min) / 65534 around the
    middle of the range. Data without a finite value, or constant, get (that value or 0, 1).
    """
