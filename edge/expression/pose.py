"""What is left of the head's turning in the features after alignment, taken out again.

The mesh's depth is imperfect, so a neutral face that turns still moves its features a little. What the lids
do when the head nods is much the same in everybody and known beforehand; the rest is personal, and learnt
from whatever the face shows. Expressions are outliers of bounded weight, slopes are shrunk to zero and
bounded, so that a nod that always comes with a smile cannot eat the smile.
"""

import math

import numpy as np

from edge._native.leak import Leak
from edge.arrays import Floats
from edge.expression.channels import TABLE
from edge.records import CHANNELS

MEMORY_S = 120.0
CORRELATION_S = 0.5  # samples closer than this add nothing new
STEP_S = 0.1
SLOPE_SD = (0.7, 0.7, 0.5, 0.5, 0.5)
"""Prior standard deviation of a personal slope on yaw, pitch, yaw^2, yaw pitch, pitch^2, in site scales at
ten degrees (ours)."""
POSE_NOISE = 0.2  # tens of degrees: expressions tip the mesh by two, smaller turns teach nothing
MAX_SLOPE_SD = 2.0  # bound of a personal slope
LEARNT_DEG = (30.0, 20.0)
"""Yaw and pitch up to which slopes are learnt and reach, degrees: learnt beyond, they were worse in front."""
REACH = 0.7  # site scales: what differs more is an expression

_PER_DEG = {"AU05": -0.0124, "AU07": -0.0065, "AU45": 0.012}
PITCH_LEAK = np.array([_PER_DEG.get(name, 0.0) for name in CHANNELS])
"""Generic leak per degree of pitch, [C]: where two turned portraits agree, which is at the lids only."""

_SITE = np.array([channel.scale for channel in TABLE])


class Residual:
    """Running regression of one person's features on the pose."""

    def __init__(self) -> None:
        self._leak = Leak(_SITE, SLOPE_SD, POSE_NOISE, MAX_SLOPE_SD, REACH)
        self._last_ns: int | None = None

    def remove(self, raw: Floats, pose_rad: tuple[float, float, float], t_ns: int, *, speaking: bool) -> None:
        """Make the features [C], in place, what they would be from the front; learn from them in silence."""
        yaw, pitch = math.degrees(pose_rad[0]), math.degrees(pose_rad[1])
        near = tuple(max(-most, min(most, x)) for x, most in zip((yaw, pitch), LEARNT_DEG, strict=True))
        raw -= pitch * PITCH_LEAK
        step_s = STEP_S if self._last_ns is None else (t_ns - self._last_ns) / 1e9
        if step_s >= STEP_S and near == (yaw, pitch) and not speaking:
            self._last_ns = t_ns
            step_s = min(0.5, step_s)
            self._leak.learn(raw, yaw, pitch, math.exp(-step_s / MEMORY_S), step_s / CORRELATION_S)
        self._leak.remove(raw, *near)

    def wipe(self) -> None:
        """Overwrite what was learnt."""
        self._leak.wipe()
        self._last_ns = None
