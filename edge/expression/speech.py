"""Speech from the mouth's own movement: opening and closing in quick succession."""

import math
from bisect import bisect_left, insort
from collections import deque
from itertools import islice

from edge._native.channels import swings
from edge.formulas import MAD_TO_SD

WINDOW_S = 2.0
JUMPS_N = 150  # their median is the noise: five seconds
RANGE_S = 3.0  # swings are held against the range of this time
SWINGS = 5  # two brief openings make four, a smile two
MIN_SWING_SD = 10.0  # in standard deviations of the opening's own noise
MIN_SHARE = 0.3  # of the range: ripples do not count
FOURTH_DIFFERENCE = 70**-0.5  # of white noise; speech itself has little of it
LASTS_S = 0.8  # the state outlives its evidence: pauses between words


class Speech:
    """Whether the mouth opening (AU25) swings as in speech; equivariant to its gain and offset."""

    def __init__(self) -> None:
        self._times_ns: deque[int] = deque()
        self._values: deque[float] = deque()
        self._jumps: deque[float] = deque()
        self._sorted: list[float] = []
        self._until_ns: int | None = None

    def update(self, opening: float, t_ns: int) -> bool:
        """Push one unfiltered sample of the opening; return whether speech is going on."""
        if math.isfinite(opening):
            self._push(opening, t_ns)
            if t_ns - self._times_ns[0] >= 1e9 and self._swings() >= SWINGS:
                self._until_ns = t_ns + round(LASTS_S * 1e9)
        return self._until_ns is not None and t_ns <= self._until_ns

    def wipe(self) -> None:
        """Drop every sample."""
        for kept in (self._times_ns, self._values, self._jumps, self._sorted):
            kept.clear()
        self._until_ns = None

    def _push(self, opening: float, t_ns: int) -> None:
        self._times_ns.append(t_ns)
        self._values.append(opening)
        if len(self._values) >= 5:
            a, b, c, d, e = islice(self._values, len(self._values) - 5, None)
            self._jump(abs(a - 4 * b + 6 * c - 4 * d + e))
        while t_ns - self._times_ns[0] > RANGE_S * 1e9:
            self._times_ns.popleft()
            self._values.popleft()

    def _jump(self, size: float) -> None:
        if len(self._jumps) == JUMPS_N:
            del self._sorted[bisect_left(self._sorted, self._jumps.popleft())]
        self._jumps.append(size)
        insort(self._sorted, size)

    def _swings(self) -> int:
        """Count the swings of the window that stand out of noise and of the largest swing."""
        n = len(self._sorted)
        if n < 10:
            return 0
        noise = MAD_TO_SD * (self._sorted[(n - 1) // 2] + self._sorted[n // 2]) / 2 * FOURTH_DIFFERENCE
        span = max(self._values) - min(self._values)
        reach = max(MIN_SWING_SD * noise, MIN_SHARE * span)
        if not 0 < reach <= span:
            return 0
        first = bisect_left(self._times_ns, self._times_ns[-1] - WINDOW_S * 1e9)
        return swings(list(islice(self._values, first, None)), reach)
