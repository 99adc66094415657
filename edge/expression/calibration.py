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

from edge._native.channels import activity, glide
from edge.arrays import Floats, overwrite
from edge.expression.channels import ACTIVE, TABLE
from edge.expression.history import History
from edge.formulas import MAD_TO_SD

PRIOR_N = 600.0  # n0, frames at 30 Hz (ours: as long as the warm-up)
PRIOR_RATE_HZ = 30.0  # the rate in which n counts
STEP_S = 0.1
CAPACITY = 3000  # 5 min at 10 Hz: long against an utterance, short against a meeting
REFRESH_S = 1.0
GLIDE_S = 1.0  # b and s move to their new values over this time: no steps in x
MAX_FREEZE_S = 120.0  # nobody smiles longer: it is the baseline that is wrong
FREEZE_E = 2.0  # root mean square of max(x - median, 0) over tiers A and B

_ACTIVE = ACTIVE.view(np.uint8)
_SITE = np.array([channel.scale for channel in TABLE])
_SITE_NOISE = np.array([channel.noise for channel in TABLE])
_BASE_Q = np.array([0.5 if channel.bipolar else 0.1 for channel in TABLE])
_UNKNOWN = np.full(len(TABLE), np.nan)
_MEDIAN_Q = np.full(len(TABLE), 0.5)
# A second difference of white noise of standard deviation 1 has sqrt(6).
_NOISE_FACTOR = 1 / np.sqrt(6.0)


class Calibration:
    """Running offset and scale of one person."""

    def __init__(self, warmup_s: float) -> None:
        self._warmup_s = warmup_s
        self._history = History(len(TABLE), CAPACITY, STEP_S)
        self._noise = History(len(TABLE), 300, STEP_S)
        self._recent: list[Floats] = []
        self._frozen_s = 0.0
        self._seen_s = 0.0
        self._last_ns: int | None = None
        self._refreshed_ns: int | None = None
        self._base, self._scale = _UNKNOWN.copy(), _UNKNOWN.copy()
        self._aim_base, self._aim_median, self._aim_scale = _UNKNOWN, _UNKNOWN, _UNKNOWN
        self.gain = float("nan")
        """g, dimensionless; NaN during the warm-up."""
        self.calm = True
        """Whether the last sample was near the person's own median."""

    def update(self, y: Floats, raw: Floats, t_ns: int, *, speaking: bool) -> Floats:
        """Calibrate one sample: `y` filtered and `raw` unfiltered features [C]; return x [C]."""
        step_s = 0.0 if self._last_ns is None else min(0.5, (t_ns - self._last_ns) / 1e9)
        self._last_ns = t_ns
        self._learn_noise(raw, t_ns)
        self._learn(y, t_ns, step_s, speaking=speaking)
        self._refresh(t_ns)
        self._glide(min(1.0, step_s / GLIDE_S))
        return _UNKNOWN.copy() if self._seen_s < self._warmup_s else self._apply(y)

    def wipe(self) -> None:
        """Overwrite everything learnt of the person."""
        self._history.wipe()
        self._noise.wipe()
        overwrite(*self._recent, self._base, self._scale)
        overwrite(self._aim_base, self._aim_median, self._aim_scale)
        self._recent = []

    def _learn_noise(self, raw: Floats, t_ns: int) -> None:
        self._recent = [*self._recent[-2:], raw]
        if len(self._recent) == 3 and self._noise.due(t_ns):
            a, b, c = self._recent
            self._noise.push(np.abs(a - 2 * b + c) * _NOISE_FACTOR, t_ns)

    def _learn(self, y: Floats, t_ns: int, step_s: float, *, speaking: bool) -> None:
        """Remember the sample unless the face is expressing or speaking."""
        if not np.isfinite(y).any():
            return
        self.calm = activity(y, self._aim_median, self._aim_scale, _ACTIVE) <= FREEZE_E
        frozen = self._seen_s >= self._warmup_s and (speaking or not self.calm)
        self._frozen_s = self._frozen_s + step_s if frozen else 0.0
        if frozen and self._frozen_s <= MAX_FREEZE_S:
            return
        self._history.push(y, t_ns)
        self._seen_s += step_s

    def _refresh(self, t_ns: int) -> None:
        """Read the order statistics again once a second."""
        if self._refreshed_ns is not None and t_ns - self._refreshed_ns < REFRESH_S * 1e9:
            return
        if self._history.count < 2 or self._noise.count < 2:
            return
        first = self._refreshed_ns is None
        self._refreshed_ns = t_ns
        median = self._history.quantile(_MEDIAN_Q)
        spread = self._history.robust_sd(median)
        noise = MAD_TO_SD * self._noise.quantile(_MEDIAN_Q)
        n = self._seen_s * PRIOR_RATE_HZ
        self._aim_base, self._aim_median = self._history.quantile(_BASE_Q), median
        self._aim_scale = (PRIOR_N * (_SITE / _SITE_NOISE) * noise + n * spread) / (PRIOR_N + n)
        if first:
            self._glide(1.0)
        if self._seen_s >= self._warmup_s:
            share = (PRIOR_N + n * spread / _SITE) / (PRIOR_N + n)
            self.gain = float(np.nanmedian(share[ACTIVE]))

    def _glide(self, share: float) -> None:
        """Move b and s a share of the way; a channel just become known is taken at once."""
        glide(self._base, self._scale, self._aim_base, self._aim_scale, share)

    def _apply(self, y: Floats) -> Floats:
        """X = (y - b) / s; NaN where the scale is 0: a constant channel measures nothing."""
        x = _UNKNOWN.copy()
        np.divide(y - self._base, self._scale, out=x, where=self._scale > 0)
        return x
