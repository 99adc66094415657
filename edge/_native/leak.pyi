"""What a turning head leaves in the features: a running robust regression on yaw and pitch."""

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Array: TypeAlias = NDArray[np.float64]

class Leak:
    """One person's slopes of every feature on p = (u, v, u^2, u v, v^2), u = yaw, v = pitch, tens of degrees.

    With exponentially weighted means and W the sum of weights,

        G += g (1 - g / W) dp dp'       X += g (1 - g / W) dp df       dp = p - mean p
        df = e + clip(f - mean f - e, +-reach s)                       e = slope . dp
        slope = (G + diag(sd^-2 + W noise^2))^-1 X, within +-most sd s

    so that a sample pulls at the slopes by no more than `reach`: expressions are outliers.

    Parameters
    ----------
    scale : [C], s, the features' site scales
    prior_sd : [5], sd of a slope before anything was seen, site scales
    noise : sd of the error of the terms p: poses that hardly differ carry no information
    most : bound of a slope, prior sds
    reach : bound of a deviation, site scales

    Raises
    ------
    ValueError : other than five deviations > 0, no channel, more than 64, or arrays of another length.
    """

    def __init__(
        self,
        scale: Sequence[float] | Array,
        prior_sd: Sequence[float] | Array,
        noise: float,
        most: float,
        reach: float,
    ) -> None: ...
    def learn(self, f: Array, yaw_deg: float, pitch_deg: float, keep: float, gain: float) -> None:
        """Add one sample [C] of weight `gain` after multiplying the past by `keep`; NaN is left out."""

    def wipe(self) -> None:
        """Overwrite everything learnt."""

    @property
    def memory(self) -> tuple[Array, ...]:
        """Views of everything learnt, for looking at what a wipe leaves; valid as long as this object."""

    def remove(self, f: Array, yaw_deg: float, pitch_deg: float) -> None:
        """Subtract slope . p from the features [C], in place; in front, at p = 0, nothing changes."""
