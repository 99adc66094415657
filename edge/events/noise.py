"""How still a channel is when nothing happens: noise, contrast threshold, neutral level."""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

NOISE_S = 30.0  # memory of noise and contrast
LEVEL_S = 10.0  # memory of the neutral level
STEP_S = 0.03
REFRESH_S = 0.5
MIN_N = 6
DEVIATION = 1.4826  # median absolute deviation to standard deviation
SECOND_DIFFERENCE = 6.0**-0.5  # of white noise


class Memory:
    """A ring of samples [C] taken at most every 30 ms, with robust centre and spread."""

    def __init__(self, channels: int, length_s: float) -> None:
        self._ring = np.full((round(length_s / STEP_S), channels), np.nan)
        self._next = 0

    def push(self, sample: Array) -> None:
        """Take a sample; NaN where a channel has none."""
        self._ring[self._next] = sample
        self._next = (self._next + 1) % len(self._ring)

    def forget(self, channel: int) -> None:
        """Drop what is known of one channel."""
        self._ring[:, channel] = np.nan

    def centre_and_spread(self) -> tuple[Array, Array, NDArray[np.intp]]:
        """Median, 1.4826 median |sample - median|, and number of samples of every channel, [C] each."""
        centre, count = _median(self._ring)
        spread, _ = _median(np.abs(self._ring - centre))
        return centre, DEVIATION * spread, count


def _median(samples: Array) -> tuple[Array, NDArray[np.intp]]:
    """Median over the rows ignoring NaN (NaN where fewer than MIN_N), and the number of samples, [C]."""
    ordered = np.sort(samples, axis=0)
    count = np.isfinite(ordered).sum(axis=0)
    columns = np.arange(samples.shape[1])
    middle = (
        ordered[np.maximum(count - 1, 0) // 2, columns] + ordered[count // 2 % len(ordered), columns]
    ) / 2
    return np.where(count >= MIN_N, middle, np.nan), count


class Noise:
    """Running noise, thresholds and neutral level of every channel of one person."""

    def __init__(self, channels: int, threshold_sd: float) -> None:
        self._threshold_sd = threshold_sd
        self._jumps = Memory(channels, NOISE_S)
        self._contrasts = Memory(channels, NOISE_S)
        self._levels = Memory(channels, LEVEL_S)
        self._taken_ns: int | None = None
        self._refreshed_ns: int | None = None
        self.sd = np.full(channels, np.nan)
        """Noise from frame to frame, standard deviation, [C]."""
        self.contrast = np.full(channels, np.nan)
        """Threshold of the contrast: median + k 1.4826 MAD over 30 s, [C]."""
        self.level = np.full(channels, np.nan)
        """Neutral level: median over the neutral samples of 10 s, [C]."""
        self.wander = np.full(channels, np.nan)
        """Slow restlessness around the neutral level, standard deviation, [C]."""

    def update(self, t_ns: int, second_difference: Array, contrast: Array, neutral: Array) -> None:
        """Take one sample of each, [C]; NaN where unknown or not neutral."""
        if self._taken_ns is None or t_ns - self._taken_ns >= STEP_S * 1e9:
            self._taken_ns = t_ns
            self._jumps.push(np.abs(second_difference))
            self._contrasts.push(np.abs(contrast))
            self._levels.push(neutral)
        if self._refreshed_ns is None or t_ns - self._refreshed_ns >= self._pause_ns():
            self._refreshed_ns = t_ns
            self._refresh()

    def forget_level(self, channel: int) -> None:
        """Learn the neutral level of one channel anew."""
        self._levels.forget(channel)
        self.level[channel] = np.nan

    def _pause_ns(self) -> float:
        """Every frame while anything is still unknown, then twice a second."""
        return 0.0 if np.isnan(self.level).any() or np.isnan(self.contrast).any() else REFRESH_S * 1e9

    def _refresh(self) -> None:
        jump, _, _ = self._jumps.centre_and_spread()
        self.sd = DEVIATION * SECOND_DIFFERENCE * jump
        centre, spread, _ = self._contrasts.centre_and_spread()
        self.contrast = centre + self._threshold_sd * spread
        self.level, wander, count = self._levels.centre_and_spread()
        # A spread of few samples is itself uncertain: ask for more.
        self.wander = wander * (1 + 10 / np.maximum(count, 1))
