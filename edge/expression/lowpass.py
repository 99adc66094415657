"""One causal low-pass for everybody: a Butterworth filter of second order that tolerates any frame times.

The analogue filter y'' + sqrt(2) w y' + w^2 y = w^2 u is solved exactly for an input that is linear between
samples, so its delay (sqrt(2) / w = 37.5 ms at 6 Hz for slow movements) does not depend on the frame rate and
is the same for every person: lags between persons are untouched.
"""

import math

import numpy as np

from edge._native.channels import lowpass
from edge.arrays import Floats, overwrite

GAP_S = 0.5  # longer gaps are not bridged


class Lowpass:
    """Filter state of C channels."""

    def __init__(self, cutoff_hz: float, channels: int) -> None:
        self._w = 2 * math.pi * cutoff_hz
        self._u = np.full(channels, np.nan)
        self._y = np.full(channels, np.nan)
        self._v = np.zeros(channels)
        self._t_ns = np.zeros(channels, dtype=np.int64)

    def update(self, u: Floats, t_ns: int) -> Floats:
        """Push one sample [C]; NaN in gives NaN out, and after more than half a second a fresh start."""
        out = np.empty_like(u)
        lowpass(u, t_ns, self._w, GAP_S, self._u, self._y, self._v, self._t_ns, out)
        return out

    def wipe(self) -> None:
        """Overwrite the state."""
        overwrite(self._u, self._y, self._v, self._t_ns)
