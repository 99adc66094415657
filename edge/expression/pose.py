"""What is left of the head's turning in the features after alignment, taken out again.

The mesh's depth is imperfect, so a neutral face that turns still moves its features a little. A generic part
is known beforehand; a personal linear part in yaw and pitch is learnt slowly from calm frames,
shrunk to zero and bounded, so that a nod that comes with a smile cannot eat the smile.
"""

import math

import numpy as np
from numpy.typing import NDArray

from edge.expression.channels import TABLE
from edge.records import CHANNELS

Array = NDArray[np.float64]

MEMORY_S = 120.0
CORRELATION_S = 0.5  # samples closer than this say nothing new
SLOPE_SD = 0.07  # prior standard deviation of a personal slope, site scales per degree (ours)
MAX_SLOPE = 0.15  # bound of a personal slope, site scales per degree (ours)

_PER_DEG = {
    "AU01": -0.030,
    "AU02": -0.026,
    "AU04": 0.033,
    "AU05": -0.016,
    "AU06": 0.003,
    "AU07": -0.005,
    "AU10": -0.0025,
    "AU12": 0.015,
    "AU18": -0.012,
    "AU23": -0.006,
    "AU24": -0.021,
    "AU25": 0.0065,
    "AU26": 0.023,
    "AU45": 0.012,
}
_PER_SQUARE_DEG = {"AU12": -0.0013, "AU14": -0.0005, "AU18": 0.0008, "AU20": -0.0005}
PITCH_LEAK = np.array([_PER_DEG.get(name, 0.0) for name in CHANNELS])
"""Generic leak per degree of pitch, [C]: median slope of two turned portraits and one real head."""
YAW_LEAK = np.array([_PER_SQUARE_DEG.get(name, 0.0) for name in CHANNELS])
"""Generic leak per square degree of yaw, [C], likewise; both sides cancel what is linear in yaw."""

_SITE = np.array([channel.scale for channel in TABLE])


class Residual:
    """Running regression of one person's features on yaw and pitch."""

    def __init__(self) -> None:
        self._weight = np.zeros(len(TABLE))
        self._mean_f = np.zeros(len(TABLE))
        self._mean_p = np.zeros((2, len(TABLE)))
        self._cross = np.zeros((2, len(TABLE)))
        self._gram = np.zeros((2, 2, len(TABLE)))
        self._slope = np.zeros((2, len(TABLE)))
        self._last_ns: int | None = None

    def remove(self, raw: Array, pose_rad: tuple[float, float, float], t_ns: int, *, calm: bool) -> Array:
        """Return the features [C] as they would be on a frontal face; learn from them while `calm`."""
        yaw, pitch = math.degrees(pose_rad[0]), math.degrees(pose_rad[1])
        generic = raw - pitch * PITCH_LEAK - yaw * yaw * YAW_LEAK
        if calm:
            self._learn(generic, np.array([yaw, pitch]), t_ns)
        self._last_ns = t_ns
        return np.asarray(generic - yaw * self._slope[0] - pitch * self._slope[1], dtype=np.float64)

    def _learn(self, f: Array, p: Array, t_ns: int) -> None:
        """Exponentially weighted sums; slope = (gram + prior)^-1 cross, bounded."""
        step_s = 0.0 if self._last_ns is None else min(0.5, max(0.0, (t_ns - self._last_ns) / 1e9))
        valid = np.isfinite(f)
        keep = np.where(valid, math.exp(-step_s / MEMORY_S), 1.0)
        gain = np.where(valid, step_s / CORRELATION_S, 0.0)
        self._weight = keep * self._weight + gain
        share = np.divide(gain, self._weight, out=np.zeros_like(gain), where=self._weight > 0)
        df = np.where(valid, f - self._mean_f, 0.0)
        dp = p[:, None] - self._mean_p
        self._mean_f += share * df
        self._mean_p += share * dp
        left = gain * (1 - share)
        self._cross = keep * self._cross + left * dp * df
        self._gram = keep * self._gram + left * dp[:, None] * dp[None, :]
        self._solve()

    def _solve(self) -> None:
        """Posterior mean of both slopes: residual variance of a site scale, prior variance SLOPE_SD^2."""
        prior = SLOPE_SD**-2
        a, b, c = self._gram[0, 0] + prior, self._gram[0, 1], self._gram[1, 1] + prior
        x, y = self._cross
        slope = np.stack([c * x - b * y, a * y - b * x]) / (a * c - b * b)
        self._slope = np.clip(slope, -MAX_SLOPE * _SITE, MAX_SLOPE * _SITE)
