"""How still a channel is when nothing happens: noise, contrast threshold, neutral level."""

import numpy as np

from edge._native.order import Window
from edge.arrays import Floats, overwrite
from edge.formulas import MAD_TO_SD

NOISE_S = 30.0  # memory of noise and contrast
LEVEL_S = 10.0  # memory of the neutral level
STEP_S = 0.03  # shortest time between two samples
REFRESH_S = 0.5
MIN_N = 6
SECOND_DIFFERENCE = 6.0**-0.5  # of white noise


def _centre_and_spread(window: Window) -> tuple[Floats, Floats]:
    """Median and 1.4826 median |sample - median| of every channel, [C] each; NaN where fewer than MIN_N."""
    known = window.count >= MIN_N
    centre = np.where(known, window.quantile(np.full(len(known), 0.5)), np.nan)
    return centre, MAD_TO_SD * window.deviation(centre)


class Noise:
    """Running noise, thresholds and neutral level of every channel of one person."""

    def __init__(self, channels: int, threshold_sd: float) -> None:
        self._threshold_sd = threshold_sd
        self._jumps = Window(channels, round(NOISE_S / STEP_S))
        self._contrasts = Window(channels, round(NOISE_S / STEP_S))
        self._levels = Window(channels, round(LEVEL_S / STEP_S))
        self._taken_ns: int | None = None
        self._refreshed_ns = 0
        self._complete = False
        self.sd = np.full(channels, np.nan)
        """Noise from frame to frame, standard deviation, [C]."""
        self.contrast = np.full(channels, np.nan)
        """Threshold of the contrast: median + k 1.4826 MAD over 30 s, [C]."""
        self.level = np.full(channels, np.nan)
        """Neutral level: median over the neutral samples of 10 s, [C]."""
        self.wander = np.full(channels, np.nan)
        """Slow restlessness around the neutral level, standard deviation, [C]."""

    def update(self, t_ns: int, second_difference: Floats, contrast: Floats, neutral: Floats) -> None:
        """Take one sample of each, [C]; NaN where unknown or not neutral."""
        if self._taken_ns is None or t_ns - self._taken_ns >= STEP_S * 1e9:
            self._taken_ns = t_ns
            self._jumps.push(np.abs(second_difference))
            self._contrasts.push(np.abs(contrast))
            self._levels.push(neutral)
        # Every frame while anything is still unknown, then twice a second.
        if not self._complete or t_ns - self._refreshed_ns >= REFRESH_S * 1e9:
            self._refreshed_ns = t_ns
            self._refresh()

    def drop_level(self, channel: int) -> None:
        """Forget the neutral level of one channel and learn it again."""
        self._levels.wipe(channel)
        self.level[channel] = np.nan
        self._complete = False

    def wipe(self) -> None:
        """Overwrite every sample and what was learnt from them."""
        for window in (self._jumps, self._contrasts, self._levels):
            window.wipe()
        overwrite(self.sd, self.contrast, self.level, self.wander)

    def _refresh(self) -> None:
        jump, _ = _centre_and_spread(self._jumps)
        self.sd = MAD_TO_SD * SECOND_DIFFERENCE * jump
        centre, spread = _centre_and_spread(self._contrasts)
        self.contrast = centre + self._threshold_sd * spread
        self.level, wander = _centre_and_spread(self._levels)
        # A spread of few samples is itself uncertain: ask for more.
        self.wander = wander * (1 + 10 / np.maximum(self._levels.count, 1))
        self._complete = bool(np.isfinite(self.level).all() and np.isfinite(self.contrast).all())
