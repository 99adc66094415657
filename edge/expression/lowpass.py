"""One causal low-pass for everybody: a Butterworth filter of second order that tolerates any frame times.

The analogue filter y'' + sqrt(2) w y' + w^2 y = w^2 u is solved exactly for an input that is linear between
samples, so its delay (sqrt(2) / w = 37.5 ms at 6 Hz for slow movements) does not depend on the frame rate and
is the same for every person: lags between persons are untouched.
"""

import math

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

GAP_S = 0.5  # longer gaps are not bridged


class Lowpass:
    """Filter state of C channels."""

    def __init__(self, cutoff_hz: float, channels: int) -> None:
        self._w = 2 * math.pi * cutoff_hz
        self._u = np.full(channels, np.nan)
        self._y = np.full(channels, np.nan)
        self._v = np.zeros(channels)
        self._t_ns = np.zeros(channels, dtype=np.int64)
        self._cached_s = -1.0
        self._cached: tuple[float, ...] = ()

    def update(self, u: Array, t_ns: int) -> Array:
        """Push one sample [C]; NaN in gives NaN out, and after more than half a second a fresh start."""
        valid = np.isfinite(u)
        gap_s = (t_ns - self._t_ns) / 1e9
        fresh = valid & (~np.isfinite(self._y) | (gap_s > GAP_S) | (gap_s <= 0))
        going = valid & ~fresh
        for step_s in np.unique(gap_s[going]):
            self._step(going & (gap_s == step_s), u, float(step_s))
        self._y[fresh] = u[fresh]
        self._v[fresh] = 0.0
        self._u[valid] = u[valid]
        self._t_ns[valid] = t_ns
        out = np.where(valid, self._y, np.nan)
        return np.asarray(out, dtype=np.float64)

    def _step(self, which: NDArray[np.bool_], u: Array, step_s: float) -> None:
        """Advance by `step_s` with the input on the straight line from the last sample to `u`."""
        if step_s != self._cached_s:
            self._cached, self._cached_s = _transition(self._w, step_s), step_s
        a, b, c, d = self._cached
        slope = (u[which] - self._u[which]) / step_s
        # On a ramp the steady answer is the ramp delayed by sqrt(2) / w; what differs from it decays freely.
        delay = math.sqrt(2) / self._w
        y0 = self._y[which] - (self._u[which] - delay * slope)
        v0 = self._v[which] - slope
        self._y[which] = u[which] - delay * slope + a * y0 + b * v0
        self._v[which] = slope + c * y0 + d * v0


def _transition(w: float, step_s: float) -> tuple[float, float, float, float]:
    """Entries of exp(A step_s), A = [[0, 1], [-w^2, -sqrt(2) w]]."""
    k = w / math.sqrt(2)
    decay = math.exp(-k * step_s)
    cos, sin = math.cos(k * step_s), math.sin(k * step_s)
    return decay * (cos + sin), decay * sin / k, -2 * k * decay * sin, decay * (cos - sin)
