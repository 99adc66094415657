"""One sample through the channels of one person: low-pass, calibration, activity; the swings of speech."""

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Array: TypeAlias = NDArray[np.float64]

def lowpass(
    u: Array,
    t_ns: int,
    w: float,
    gap_s: float,
    last: Array,
    y: Array,
    v: Array,
    last_ns: NDArray[np.int64],
    out: Array,
) -> None:
    """Advance y'' + sqrt(2) w y' + w^2 y = w^2 u to `t_ns`, u on a straight line since the last sample.

    Parameters
    ----------
    u : ndarray of float64 [C]
        New sample; NaN leaves the channel as it is and gives NaN.
    t_ns, w, gap_s
        Time, ns; cut-off, rad/s; the longest time that is bridged: after more a channel starts at u.
    last, y, v, last_ns : ndarray [C]
        State: last input, output and its derivative (1/s), time of the last sample; written in place.
    out : ndarray of float64 [C]
        The filtered sample.
    """

def glide(base: Array, scale: Array, aim_base: Array, aim_scale: Array, share: float) -> None:
    """Move base and scale [C] a share of the way to their aims, in place; at once where either is NaN."""

def activity(y: Array, median: Array, scale: Array, active: NDArray[np.uint8]) -> float:
    """Root mean square of max((y - median) / scale, 0), [C] each, over the measurable active channels."""

def swings(values: list[float], reach: float) -> int:
    """Count the monotone swings of at least `reach` between turning points."""
