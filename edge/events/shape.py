"""The shape of a movement: where its rise begins and its fall ends, between the samples."""

import math
from dataclasses import dataclass

import numpy as np

from edge.arrays import Floats

LOW, HIGH = 0.25, 0.75
# A movement that starts and stops smoothly (raised cosine) passes 25, 50 and 75 % at a third, a half and two
# thirds of its way, so it begins one and a half such widths before its middle.
EXTRAPOLATION = 1.5
FARTHEST = 0.4  # from 10 %; a raised cosine begins .69 times as far before as it takes from there to 50 %
LEAST_SHARE = 0.25  # of the width that is never taken for blur


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """One movement on the clock of the recording."""

    channel: int
    onset_ns: int
    apex_ns: int
    offset_ns: int
    height: float
    """Apex above its feet, in the unit of the channel."""

    @property
    def length_s(self) -> float:
        """Time from onset to offset, s."""
        return (self.offset_ns - self.onset_ns) * 1e-9


def rise_start(t_s: Floats, values: Floats, base: float, peak: float, blur_s: float = 0.0) -> float:
    """Time at which a rise from `base` to `peak` began, s; NaN if it never came from below.

    `t_s`, `values` [n] up to and including the peak. The last upward crossings of 25 and 75 % count; `blur_s`
    is the width between them that smoothing alone gives to a step.
    """
    high = _last_upcrossing(t_s, values, base + HIGH * (peak - base), len(values) - 1)
    if high is None:
        return float("nan")
    low = _last_upcrossing(t_s, values, base + LOW * (peak - base), high[1] + 1)
    if low is None:
        return float("nan")
    width_s = high[0] - low[0]
    sharp_s = math.sqrt(max(width_s**2 - blur_s**2, (LEAST_SHARE * width_s) ** 2))
    return (low[0] + high[0]) / 2 - EXTRAPOLATION * sharp_s


def fall_end(t_s: Floats, values: Floats, base: float, peak: float, blur_s: float = 0.0) -> float:
    """Time at which a fall from `peak` (first value) to `base` ended, s; NaN if it did not."""
    return -rise_start(-t_s[::-1], values[::-1], base, peak, blur_s)


def foot(t_s: Floats, values: Floats, base: float, line: float, blur_s: float = 0.0) -> float:
    """Time at which a rise from `base` to the last value began, s, near its crossing of `line`.

    The extrapolation of `rise_start` counts as far as it lies before the crossing, at most `FARTHEST` times
    as far as the crossing lies before half of the height: a rise of several pieces has no straight line.
    """
    peak = float(values[-1])
    half = _last_upcrossing(t_s, values, (base + peak) / 2, len(values) - 1)
    crossed = None if half is None else _last_upcrossing(t_s, values, line, half[1] + 1)
    if half is None or crossed is None:
        return float("nan")
    start_s = rise_start(t_s, values, base, peak, blur_s)
    earliest_s = crossed[0] - FARTHEST * (half[0] - crossed[0])
    return min(crossed[0], max(earliest_s, start_s)) if math.isfinite(start_s) else crossed[0]


def _last_upcrossing(t_s: Floats, values: Floats, level: float, end: int) -> tuple[float, int] | None:
    """Interpolated time and index before the last upward crossing of `level` not after index `end`."""
    below = np.flatnonzero(values[:end] < level)
    if not below.size:
        return None
    i = int(below[-1])
    if i + 1 >= len(values):
        return None
    share = (level - values[i]) / (values[i + 1] - values[i])
    return float(t_s[i] + share * (t_s[i + 1] - t_s[i])), i
