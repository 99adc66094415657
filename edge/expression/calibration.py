"""Personal offset and gain (measure 12): x = (y - b) / s.

b is the running tenth percentile of the person's own signal (the median for channels that move both ways). s
shrinks the running robust scale 1.4826 MAD to a prior until there is evidence:

    s   = (n0 s0 + n 1.4826 MAD) / (n0 + n),      s0 = (s_site / e_site) e_person
    g   = median over channels of (n0 s_site + n 1.4826 MAD) / (n0 + n) / s_site

The prior inside x is the site's *ratio* of spread to frame noise e, carried to the person by the person's own
noise. Every term then scales with the raw signal, so raw -> a raw + c leaves x untouched however young the
calibration is; a prior in cm would not. The prior in cm enters the published gain g alone.
"""

import numpy as np
from numpy.typing import NDArray

from edge.expression.channels import ACTIVE, TABLE
from edge.expression.history import Array, History, quantile, robust_sd

PRIOR_N = 600.0  # n0, frames at 30 Hz (ours: as long as the warm-up)
PRIOR_RATE_HZ = 30.0  # the rate in which n counts
STEP_S = 0.1
CAPACITY = 3000  # 5 min at 10 Hz: long against an utterance, short against a meeting
REFRESH_S = 1.0
GLIDE_S = 1.0  # b and s move to their new values over this time: no steps in x
MAX_FREEZE_S = 120.0  # nobody smiles longer: it is the baseline that is wrong
FREEZE_E = 2.0  # root mean square of max(x - median, 0) over tiers A and B

_SITE = np.array([channel.scale for channel in TABLE])
_SITE_NOISE = np.array([channel.noise for channel in TABLE])
_BASE_Q = np.array([0.5 if channel.bipolar else 0.1 for channel in TABLE])
_MEDIAN_Q = np.full(len(TABLE), 0.5)
# A second difference of white noise of standard deviation 1 has sqrt(6).
_NOISE_FACTOR = 1 / np.sqrt(6.0)


class Calibration:
    """Running offset and scale of one person."""

    def __init__(self, warmup_s: float) -> None:
        self._warmup_s = warmup_s
        self._history = History(len(TABLE), CAPACITY, STEP_S)
        self._noise = History(len(TABLE), 300, STEP_S)
        self._recent: list[Array] = []
        self._frozen_s = 0.0
        self._seen_s = 0.0
        self._last_ns: int | None = None
        self._refreshed_ns: int | None = None
        self._now = _Scale()
        self._aim = _Scale()
        self.gain = float("nan")
        """g, dimensionless; NaN during the warm-up."""
        self.calm = True
        """Whether the last sample was near the person's own median."""

    def update(self, y: Array, raw: Array, t_ns: int, *, speaking: bool) -> Array:
        """Calibrate one sample: `y` filtered and `raw` unfiltered features [C]; return x [C]."""
        step_s = 0.0 if self._last_ns is None else min(0.5, (t_ns - self._last_ns) / 1e9)
        self._last_ns = t_ns
        self._learn_noise(raw, t_ns)
        self._learn(y, t_ns, step_s, speaking=speaking)
        self._refresh(t_ns)
        self._now = self._now.towards(self._aim, min(1.0, step_s / GLIDE_S))
        if self._seen_s < self._warmup_s:
            return np.full(len(TABLE), np.nan)
        return self._now.apply(y)

    def _learn_noise(self, raw: Array, t_ns: int) -> None:
        self._recent = [*self._recent[-2:], raw]
        if len(self._recent) == 3:
            a, b, c = self._recent
            self._noise.push(np.abs(a - 2 * b + c) * _NOISE_FACTOR, t_ns)

    def _learn(self, y: Array, t_ns: int, step_s: float, *, speaking: bool) -> None:
        """Remember the sample unless the face is expressing or speaking."""
        if not np.isfinite(y).any():
            return
        self.calm = self._activity(y) <= FREEZE_E
        frozen = self._seen_s >= self._warmup_s and (speaking or not self.calm)
        self._frozen_s = self._frozen_s + step_s if frozen else 0.0
        if frozen and self._frozen_s <= MAX_FREEZE_S:
            return
        self._history.push(y, t_ns)
        self._seen_s += step_s

    def _activity(self, y: Array) -> float:
        """E of the freeze: root mean square over the valid active channels of max((y - median) / s, 0)."""
        with np.errstate(invalid="ignore", divide="ignore"):
            u = (y - self._aim.median)[ACTIVE] / self._aim.scale[ACTIVE]
        u = np.maximum(u[np.isfinite(u)], 0.0)
        return float(np.sqrt(np.mean(u * u))) if u.size else 0.0

    def _refresh(self, t_ns: int) -> None:
        """Read the order statistics anew once a second."""
        if self._refreshed_ns is not None and t_ns - self._refreshed_ns < REFRESH_S * 1e9:
            return
        if self._history.count < 2 or self._noise.count < 2:
            return
        first = self._refreshed_ns is None
        self._refreshed_ns = t_ns
        samples = self._history.samples
        median = quantile(samples, _MEDIAN_Q)
        spread = robust_sd(samples, median)
        noise = 1.4826 * quantile(self._noise.samples, _MEDIAN_Q)
        n = self._seen_s * PRIOR_RATE_HZ
        scale = (PRIOR_N * (_SITE / _SITE_NOISE) * noise + n * spread) / (PRIOR_N + n)
        self._aim = _Scale(quantile(samples, _BASE_Q), median, scale)
        if first:
            self._now = self._aim
        if self._seen_s >= self._warmup_s:
            share = (PRIOR_N + n * spread / _SITE) / (PRIOR_N + n)
            self.gain = float(np.nanmedian(share[ACTIVE]))


class _Scale:
    """Offset b, median and scale s of every channel, [C] each."""

    __slots__ = ("base", "median", "scale")

    def __init__(
        self, base: Array | None = None, median: Array | None = None, scale: Array | None = None
    ) -> None:
        unknown = np.full(len(TABLE), np.nan)
        self.base = unknown if base is None else base
        self.median = unknown if median is None else median
        self.scale = unknown if scale is None else scale

    def towards(self, aim: "_Scale", share: float) -> "_Scale":
        """Move a share of the way; a channel just become known is taken at once."""
        new = np.isnan(self.base) | np.isnan(self.scale)
        base = np.where(new, aim.base, self.base + share * (aim.base - self.base))
        scale = np.where(new, aim.scale, self.scale + share * (aim.scale - self.scale))
        return _Scale(base, aim.median, scale)

    def apply(self, y: Array) -> Array:
        """X = (y - b) / s; NaN where the scale is 0: a constant channel measures nothing."""
        usable: NDArray[np.bool_] = self.scale > 0
        x = np.full_like(y, np.nan)
        np.divide(y - self.base, self.scale, out=x, where=usable)
        return x
