"""What a blink is: both eyes close and open again within a third of a second.

Of the closure c of each eye (1 - eye aspect ratio / its own median) around a top,

    l, r = q20 of c over the .4 s before and after the top,    h = c(top) - max(l, r)

Both eyes close, each by .4 of their mean h or more; the lids come back to about where they were, l and r of
the mean differing by less than .6 of the height. How high and how short it must be, the caller decides.
"""

from dataclasses import dataclass

import numpy as np

from edge.arrays import Floats

REACH_S = 0.4
_FOOT_Q = 0.2
_SHARE = 0.4
_UNEQUAL = 0.6
_BESIDE_N = 3  # samples on each side, at least


@dataclass(frozen=True, slots=True)
class Closing:
    """Both eyes close and open again; times are relative to the top."""

    height: float
    """Mean h of both eyes."""
    lower: float
    """h of the eye that closes less."""
    half_s: tuple[float, float]
    """When the mean closure passes half its height on the way up, below 0, and on the way down."""

    @property
    def width_s(self) -> float:
        """Time from half height to half height."""
        return self.half_s[1] - self.half_s[0]


def closing(t_s: Floats, closure: Floats, top: int) -> Closing | None:
    """Measure what both eyes do around a top, from `REACH_S` before it to as much after it; None if no blink.

    `t_s` [n] are times, `closure` [n, 2] the closures of both eyes; what lies before a gap does not count.
    """
    known = np.isfinite(closure.sum(axis=1))
    begin = int(np.max(np.flatnonzero(~known[:top]), initial=-1)) + 1
    before, after = closure[begin:top], closure[top + 1 :]
    if min(len(before), len(after)) < _BESIDE_N or not known[top:].all():
        return None
    feet = [np.quantile(side, _FOOT_Q, axis=0) for side in (before, after)]
    each = closure[top] - np.maximum(*feet)
    height, mean = float(each.mean()), closure.mean(axis=1)
    before_foot, after_foot = (float(foot.mean()) for foot in feet)
    unequal = abs(before_foot - after_foot) > _UNEQUAL * (mean[top] - min(before_foot, after_foot))
    if height <= 0 or each.min() < _SHARE * height or unequal:
        return None
    half_s = _crossings(t_s[begin:] - t_s[top], mean[begin:], top - begin, mean[top] - height / 2)
    return Closing(height, float(each.min()), half_s) if half_s else None


def _crossings(t_s: Floats, values: Floats, top: int, half: float) -> tuple[float, float] | None:
    """Return when values pass `half` on both sides of the top; None where they do not."""
    before, after = np.flatnonzero(values[:top] < half), np.flatnonzero(values[top:] < half)
    if not (before.size and after.size):
        return None
    i, j = int(before[-1]), top + int(after[0])
    rises = float(np.interp(half, values[i : i + 2], t_s[i : i + 2]))
    falls = float(np.interp(half, values[j : j - 2 : -1], t_s[j : j - 2 : -1]))
    return rises, falls
