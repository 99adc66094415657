"""What is left of the head's turning in the features after alignment, taken out again.

The mesh's depth is imperfect, so a neutral face that turns still moves its features a little. A generic part
is known beforehand; a personal part is learnt slowly from calm frames, shrunk to zero and bounded, so that a
nod that comes with a smile cannot eat the smile.
"""

import math

import numpy as np
from numpy.typing import NDArray

from edge.expression.channels import TABLE
from edge.records import CHANNELS

Array = NDArray[np.float64]

MEMORY_S = 120.0
CORRELATION_S = 0.5  # samples closer than this say nothing new
STEP_S = 0.1
SLOPE_SD = np.array([0.07, 0.07, 0.05, 0.05])
"""Prior standard deviation of a personal slope, site scales per degree and per ten square degrees (ours)."""
MAX_SLOPE_SD = 2.0  # bound of a personal slope in those
OUTLIER = 3.0  # site scales: what differs more is an expression

_PER_DEG = {
    "AU01": -0.019,
    "AU02": -0.014,
    "AU04": 0.022,
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
    """Running regression of one person's features on the pose (yaw, pitch, and a tenth of their squares)."""

    def __init__(self) -> None:
        self._weight = 0.0
        self._mean_f = np.full(len(TABLE), np.nan)
        self._mean_p = np.zeros(4)
        self._cross = np.zeros((4, len(TABLE)))
        self._gram = np.zeros((4, 4))
        self._slope = np.zeros((4, len(TABLE)))
        self._last_ns: int | None = None

    def remove(self, raw: Array, pose_rad: tuple[float, float, float], t_ns: int, *, calm: bool) -> Array:
        """Return the features [C] as they would be on a frontal face; learn from them while `calm`."""
        yaw, pitch = math.degrees(pose_rad[0]), math.degrees(pose_rad[1])
        generic = raw - pitch * PITCH_LEAK - yaw * yaw * YAW_LEAK
        pose = np.array([yaw, pitch, yaw * yaw / 10, pitch * pitch / 10])
        if calm and (self._last_ns is None or t_ns - self._last_ns >= STEP_S * 1e9):
            self._learn(generic, pose, t_ns)
        result: Array = generic - pose @ self._slope
        return result

    def _learn(self, f: Array, p: Array, t_ns: int) -> None:
        """Exponentially weighted sums; slope = (gram + prior)^-1 cross, bounded."""
        step_s = STEP_S if self._last_ns is None else min(0.5, (t_ns - self._last_ns) / 1e9)
        self._last_ns = t_ns
        keep, gain = math.exp(-step_s / MEMORY_S), step_s / CORRELATION_S
        self._weight = keep * self._weight + gain
        share = gain / self._weight
        self._mean_f = np.where(np.isnan(self._mean_f), f, self._mean_f)
        df = np.nan_to_num(np.clip(f - self._mean_f, -OUTLIER * _SITE, OUTLIER * _SITE))
        dp = p - self._mean_p
        self._mean_f += share * df
        self._mean_p += share * dp
        left = gain * (1 - share)
        self._cross = keep * self._cross + left * np.outer(dp, df)
        self._gram = keep * self._gram + left * np.outer(dp, dp)
        # Posterior mean for a residual of one site scale and slopes of SLOPE_SD site scales.
        slope = np.linalg.solve(self._gram + np.diag(SLOPE_SD**-2.0), self._cross)
        limit = MAX_SLOPE_SD * SLOPE_SD[:, None] * _SITE
        self._slope = np.clip(slope, -limit, limit)
