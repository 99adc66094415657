"""A bounded memory of samples from which running order statistics are read."""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


class History:
    """The last `capacity` samples of C channels, at most one every `step_s`."""

    def __init__(self, channels: int, capacity: int, step_s: float) -> None:
        self._ring = np.full((capacity, channels), np.nan)
        self._step_ns = round(step_s * 1e9)
        self._next = 0
        self._last_ns: int | None = None
        self.count = 0
        """Samples ever taken."""

    def push(self, sample: Array, t_ns: int) -> bool:
        """Take the sample unless the last one is too recent; return whether it was taken."""
        # A fiftieth of slack: nominal frame times jitter around multiples of the step.
        if self._last_ns is not None and t_ns - self._last_ns < 0.98 * self._step_ns:
            return False
        self._ring[self._next] = sample
        self._next = (self._next + 1) % len(self._ring)
        self._last_ns = t_ns
        self.count += 1
        return True

    @property
    def samples(self) -> Array:
        """What is remembered, in no particular order, [n, C]."""
        return self._ring[: min(self.count, len(self._ring))]


def quantile(samples: Array, q: Array) -> Array:
    """Return the q-th quantile of every column ignoring NaN, linear between order statistics, [C].

    `samples` [n, C], `q` [C] in 0..1; NaN for a column without a number.
    """
    ordered = np.sort(samples, axis=0)
    count = np.isfinite(ordered).sum(axis=0)
    at = q * np.maximum(count - 1, 0)
    low = np.floor(at).astype(np.intp)
    high = np.minimum(low + 1, np.maximum(count - 1, 0))
    columns = np.arange(samples.shape[1])
    below, above = ordered[low, columns], ordered[high, columns]
    result: Array = below + (at - low) * (above - below)
    return result


def robust_sd(samples: Array, centre: Array) -> Array:
    """1.4826 median |sample - centre| of every column, [C]."""
    deviation = np.abs(samples - centre)
    return 1.4826 * quantile(deviation, np.full(samples.shape[1], 0.5))
