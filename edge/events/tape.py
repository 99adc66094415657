"""The last seconds of one person's channels: raw, smoothed, and what may disqualify an event."""

import math

import numpy as np
from numpy.typing import NDArray

from edge._native.tape import before, between, smooth
from edge.arrays import Floats, overwrite

SPOTTED = ("AU01", "AU02", "AU04", "AU05", "AU07", "AU10", "AU12", "AU18", "AU24", "AU25", "AU26", "AU45")
"""Channels of tiers A and B; the others are too uncertain to time."""
EYES = SPOTTED.index("AU45")
RIGHT_EYE, LEFT_EYE = len(SPOTTED), len(SPOTTED) + 1
"""Columns of the tape behind the channels: how far each eye is closed, 0 open."""
COLUMNS = len(SPOTTED) + 2
BIPOLAR = np.isin(np.arange(COLUMNS), [SPOTTED.index(name) for name in ("AU04", "AU18", "AU24")])
"""Whether a column moves both ways from rest, [COLUMNS]."""
CAPACITY = 4096  # samples; at least half of them are kept: 8 s at 240 Hz
SMOOTH_S = 0.033  # half width of the triangular smoothing
MAX_HALF = 8  # frames
BLUR_SHARE = 0.75  # of the blur is taken out: the mesh answers small movements late, which sharpens it again
S = 1e-9  # seconds in a nanosecond


class Tape:
    """Samples by index; `end` is one past the newest, `smooth_end` one past the newest smoothed."""

    def __init__(self, columns: int = COLUMNS) -> None:
        self.t_ns = np.zeros(CAPACITY, dtype=np.int64)
        """Sensor times, ns, [N]."""
        self.raw = np.full((CAPACITY, columns), np.nan)
        """Raw features, [N, C]."""
        self.smooth = np.full((CAPACITY, columns), np.nan)
        """Triangular mean over about +-33 ms, [N, C]."""
        self.pose_rad = np.zeros((CAPACITY, 3))
        """Yaw, pitch, roll, [N, 3]."""
        self.log_px = np.full((CAPACITY, 1), np.nan)
        """Natural logarithm of the distance between the canthi in px, [N, 1]."""
        self.flags = np.zeros((CAPACITY, 3), dtype=bool)
        """Speaking, too few pixels or low presence, too far for what is between the brows, [N, 3]."""
        self.end = 0
        self.smooth_end = 0
        self._period_s = 1 / 30

    def push(
        self,
        t_ns: int,
        raw: Floats,
        pose_rad: tuple[float, float, float],
        flags: NDArray[np.bool_],
        canthus_px: float = math.nan,
    ) -> None:
        """Append one sample and smooth what has become smoothable."""
        if self.end == CAPACITY:
            self._shift()
        if self.end:
            step_s = (t_ns - self.t_ns[self.end - 1]) * S
            self._period_s += 0.05 * (min(step_s, 0.2) - self._period_s)
        i = self.end
        self.t_ns[i], self.raw[i], self.pose_rad[i], self.flags[i] = t_ns, raw, pose_rad, flags
        self.log_px[i] = math.log(canthus_px) if canthus_px > 0 else math.nan
        self.end += 1
        half = self.half
        while self.smooth_end + half < self.end:
            smooth(self.raw, self.smooth, self.smooth_end, half)
            self.smooth_end += 1

    @property
    def period_s(self) -> float:
        """Running mean of the frame period, s."""
        return self._period_s

    @property
    def half(self) -> int:
        """Half width of the smoothing, frames."""
        return max(1, min(MAX_HALF, round(SMOOTH_S / self._period_s)))

    @property
    def blur_s(self) -> float:
        """Time a step takes from 25 to 75 % after smoothing by the triangle, s."""
        return BLUR_SHARE * (2 - 2**0.5) * (self.half + 1) * self._period_s

    def smoothed_sd(self, sd: Floats) -> Floats:
        """Noise that the triangular mean leaves of white noise with this standard deviation."""
        weights = self.half + 1 - np.abs(np.arange(-self.half, self.half + 1))
        return np.asarray(sd * np.sqrt(np.square(weights).sum()) / weights.sum())

    def before(self, t_ns: int) -> int:
        """Index of the newest sample not after `t_ns`, at least 0."""
        return before(self.t_ns, self.end, t_ns)

    def at(self, t_ns: int) -> Floats:
        """Smoothed values at a time by linear interpolation, [C]; NaN outside."""
        return between(self.t_ns, self.smooth, self.end, self.smooth_end, t_ns)

    def contrast(self, channel: int, start_ns: int, end_ns: int, half_ns: int) -> Floats:
        """Return c(t) = f(t) - (f(t - half) + f(t + half)) / 2 of one channel between two times, [n]."""
        t_ns, values = self.t_ns[: self.smooth_end], self.smooth[: self.smooth_end, channel]
        low, high = np.searchsorted(t_ns, (start_ns, end_ns))
        at_ns = t_ns[low:high]
        around = np.interp(at_ns - half_ns, t_ns, values) + np.interp(at_ns + half_ns, t_ns, values)
        contrast: Floats = values[low:high] - around / 2
        return contrast

    def stretch(self, channel: int, low: int, high: int, origin_ns: int) -> tuple[Floats, Floats]:
        """Return times from `origin_ns` (s) and smoothed values of one channel in [low, high), [n] each."""
        t_s: Floats = np.multiply(self.t_ns[low:high] - origin_ns, S, dtype=np.float64)
        return t_s, self.smooth[low:high, channel]

    def wipe(self) -> None:
        """Overwrite every sample."""
        overwrite(self.t_ns, self.raw, self.smooth, self.pose_rad, self.log_px, self.flags)
        self.end = self.smooth_end = 0

    def _shift(self) -> None:
        """Drop the older half."""
        drop = CAPACITY // 2
        for array in (self.t_ns, self.raw, self.smooth, self.pose_rad, self.log_px, self.flags):
            array[: CAPACITY - drop] = array[drop:]
        self.end -= drop
        self.smooth_end -= drop
