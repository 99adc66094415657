"""A bounded memory of samples from which running order statistics are read."""

from edge._native.order import Window
from edge.arrays import Floats
from edge.formulas import MAD_TO_SD


class History:
    """The last `capacity` samples of C channels, at most one every `step_s`."""

    def __init__(self, channels: int, capacity: int, step_s: float) -> None:
        self._window = Window(channels, capacity)
        self._step_ns = round(step_s * 1e9)
        self._last_ns: int | None = None
        self.count = 0
        """Samples ever taken."""

    def due(self, t_ns: int) -> bool:
        """Whether the last sample is long enough ago."""
        # A fiftieth of slack: nominal frame times jitter around multiples of the step.
        return self._last_ns is None or t_ns - self._last_ns >= 0.98 * self._step_ns

    def push(self, sample: Floats, t_ns: int) -> bool:
        """Take the sample unless the last one is too recent; return whether it was taken."""
        if not self.due(t_ns):
            return False
        self._window.push(sample)
        self._last_ns = t_ns
        self.count += 1
        return True

    def wipe(self) -> None:
        """Overwrite every sample."""
        self._window.wipe()
        self._last_ns, self.count = None, 0

    def quantile(self, q: Floats) -> Floats:
        """Return the q-th quantile of every channel, linear between order statistics, [C]; NaN if unknown."""
        return self._window.quantile(q)

    def robust_sd(self, centre: Floats) -> Floats:
        """1.4826 median |sample - centre| of every channel, [C]."""
        return MAD_TO_SD * self._window.deviation(centre)
