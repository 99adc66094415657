"""How still a channel is when nothing happens: noise, contrast threshold, quiet level.

All of it comes from low quantiles, which movement cannot raise: of a lively face only the stillest moments
are looked at. With |d2| the second difference of the raw channel and |c| its contrast,

    sd = q25(|d2|) / (sqrt 6 * .3186),    sd_c = q25(|c|) / .3186        (.3186: q25 of |N(0, 1)|)

and over quiet frames, which moved by no more than noise or than half of all frames did within .2 s,

    level = q20,  wander = (q20 - q05) / .803        (.803: the same distance of N(0, 1))

or median and 1.4826 MAD for channels that move both ways from rest.
"""

import numpy as np

from edge._native.order import Window
from edge.arrays import Floats, overwrite
from edge.events.tape import BIPOLAR, COLUMNS
from edge.formulas import MAD_TO_SD

MEMORY_S = 60.0
STEP_S = 0.05  # samples are taken at most this often
REFRESH_S = 0.5
MIN_N = 6
USUAL_N = 60  # samples, 3 s or more: before, nobody knows where a head usually points
LAG_S = 0.2  # a frame is quiet if little has changed since then
STILL_SD = 4.0  # of the smoothed channel: what noise alone changes within the lag
LOW, LOWER = 0.20, 0.05
AT = np.where(BIPOLAR, 0.5, LOW)  # quantile that is the quiet level
LOW_TO_SD = 0.803  # between the two quantiles of a normal distribution, sd
QUARTER_TO_SD = 0.3186  # first quartile of |N(0, 1)|
HALF_TO_SD = 0.6745  # its median
QUARTER, HALF, LOWEST = (np.full(COLUMNS, q) for q in (0.25, 0.5, LOWER))
POSE = np.full(3, 0.5)
SECOND_DIFFERENCE = 6.0**-0.5  # of white noise
SMOOTHED = (2 / 3) ** 0.5  # noise left by the triangular mean, at least


class Noise:
    """Running noise, thresholds and quiet level of every channel of one person."""

    def __init__(self, threshold_sd: float) -> None:
        # What median + k 1.4826 MAD of |c| is on noise alone, sd_c.
        self._contrast_sd = HALF_TO_SD + 0.593 * threshold_sd
        self._jumps, self._contrasts, self._moves, self._levels = (
            Window(COLUMNS, round(MEMORY_S / STEP_S)) for _ in range(4)
        )
        self._poses = Window(3, round(MEMORY_S / STEP_S))
        self._moved = np.full(COLUMNS, np.nan)
        self._taken_ns: int | None = None
        self._refreshed_ns = 0
        self._complete = self._fresh = False
        self.version = 0
        """Grows whenever one of the following changes."""
        self.sd = np.full(COLUMNS, np.nan)
        """Noise from frame to frame, standard deviation, [COLUMNS]."""
        self.contrast = np.full(COLUMNS, np.nan)
        """Threshold of the contrast, [COLUMNS]."""
        self.level = np.full(COLUMNS, np.nan)
        """Quiet level, [COLUMNS]."""
        self.wander = np.full(COLUMNS, np.nan)
        """Slow restlessness around the quiet level, standard deviation, [COLUMNS]."""

        self.pose_rad = np.full(3, np.nan)
        """Usual yaw, pitch and roll: the medians, [3]; NaN while fewer than `USUAL_N` samples are known."""

    def due(self, t_ns: int) -> bool:
        """Whether the last sample is long enough ago."""
        return self._taken_ns is None or t_ns - self._taken_ns >= STEP_S * 1e9

    def take(
        self,
        t_ns: int,
        second_difference: Floats,
        contrast: Floats,
        now: Floats,
        past: Floats,
        *,
        pose_rad: Floats,
    ) -> None:
        """Take one sample of each, [COLUMNS], NaN where unknown; `now`, `past`: smoothed, `LAG_S` apart."""
        self._taken_ns, self._fresh = t_ns, True
        move = np.abs(now - past)
        with np.errstate(invalid="ignore"):
            quiet = ~(move > np.fmax(STILL_SD * SMOOTHED * self.sd, self._moved))  # at first all are
        self._jumps.push(np.abs(second_difference))
        self._contrasts.push(np.abs(contrast))
        self._moves.push(move)
        self._levels.push(np.where(quiet, now, np.nan))
        self._poses.push(pose_rad)

    def refresh(self, t_ns: int) -> None:
        """Read the quantiles again: as samples come while a channel is being learnt, then twice a second."""
        if self._fresh and (not self._complete or t_ns - self._refreshed_ns >= REFRESH_S * 1e9):
            self._refreshed_ns, self._fresh = t_ns, False
            self._refresh()

    def wipe(self) -> None:
        """Overwrite every sample and what was learnt from them."""
        for window in (self._jumps, self._contrasts, self._moves, self._levels, self._poses):
            window.wipe()
        overwrite(self.sd, self.contrast, self.level, self.wander, self._moved, self.pose_rad)

    def drop_level(self, channel: int) -> None:
        """Learn the quiet level of one channel again."""
        self._levels.wipe(channel)
        self.level[channel] = np.nan
        self._complete, self._fresh = False, True
        self.version += 1

    def _refresh(self) -> None:
        self.version += 1
        # Pictures that a recording repeats have no second difference: half the median bounds the quartile.
        jump = np.fmax(
            _known(self._jumps, QUARTER) / QUARTER_TO_SD, _known(self._jumps, HALF) / HALF_TO_SD / 2
        )
        self.sd = SECOND_DIFFERENCE * jump
        self.contrast = self._contrast_sd * _known(self._contrasts, QUARTER) / QUARTER_TO_SD
        self._moved = _known(self._moves, HALF)
        self.pose_rad = _known(self._poses, POSE, USUAL_N)
        self.level = _known(self._levels, AT)
        below = (self.level - _known(self._levels, LOWEST)) / LOW_TO_SD
        around = MAD_TO_SD * self._levels.deviation(self.level)
        # A spread of few samples is itself uncertain: ask for more.
        self.wander = np.where(BIPOLAR, around, below) * (1 + 10 / np.maximum(self._levels.count, 1))
        shown = self._contrasts.count > 0  # a table may lack a channel
        self._complete = bool(shown.any() and np.isfinite((self.level + self.contrast)[shown]).all())


def _known(window: Window, q: Floats, least_n: int = MIN_N) -> Floats:
    """Quantile of every channel, [COLUMNS]; NaN where fewer than `least_n` samples are known."""
    value = window.quantile(q)
    value[window.count < least_n] = np.nan
    return value
