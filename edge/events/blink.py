"""Blinks: both eyes close and open again within a third of a second.

On the closure c of each eye (1 - eye aspect ratio / its own median, before any head motion is regressed out):

    l, r = q20 of c over the .4 s before and after the top,    h = c(top) - max(l, r), for each eye

A blink has a mean h of .08 or more, of which each eye has at least .4 and six times the noise, feet that
differ by less than .6 of the height, and a width at half height of .05 to .3 s. Nothing is learnt from the
person's own movements, so a lively face loses no blink; a squint or a turn moves the eyes unequally.
"""

import numpy as np

from edge.arrays import Floats
from edge.events.noise import Noise
from edge.events.shape import Shape
from edge.events.tape import EYES, LEFT_EYE, RIGHT_EYE, S, Tape

REACH_S = 0.4
FOOT_Q = 0.2
HEIGHT, SHARE, CLEAR_SD = 0.08, 0.4, 6.0
UNEQUAL = 0.6
WIDTH_S = (0.05, 0.30)
MAX_YAW_RAD = np.radians(40.0)
FEET = 0.5  # lids are clearly lower from this many half widths outside of half height


class BlinkSpotter:
    """Looks at every instant once, when what follows it is on tape."""

    def __init__(self) -> None:
        self._looked_ns = -1
        self._ended_ns = -1

    def update(self, tape: Tape, noise: Noise) -> list[Shape]:
        """Look at the instants that have become old enough; return the blinks."""
        if tape.smooth_end < 3:
            return []
        newest_ns = int(tape.t_ns[tape.smooth_end - 1])
        last = tape.before(newest_ns - round(REACH_S / S))
        first = max(1, tape.before(self._looked_ns) + 1)
        found = [self._shape(tape, noise, i) for i in range(first, last + 1)]
        self._looked_ns = max(self._looked_ns, int(tape.t_ns[last]))
        return [shape for shape in found if shape is not None]

    def wipe(self) -> None:
        """Forget when the last blink was."""
        self._looked_ns = self._ended_ns = -1

    def _shape(self, tape: Tape, noise: Noise, top: int) -> Shape | None:
        """Measure the blink whose top is this sample; None if there is none."""
        eyes = tape.smooth[top - 1 : top + 2, RIGHT_EYE : LEFT_EYE + 1].mean(axis=1)
        if not (eyes[0] <= eyes[1] > eyes[2] and eyes[1] > HEIGHT / 2) or tape.t_ns[top] < self._ended_ns:
            return None
        low, high = (
            tape.before(tape.t_ns[top] - round(REACH_S / S)),
            tape.before(tape.t_ns[top] + round(REACH_S / S)),
        )
        closure = tape.smooth[low : high + 1, RIGHT_EYE : LEFT_EYE + 1]
        unseen = (
            int(np.isnan(closure[: top - low]).any(axis=1)[::-1].argmax()) if np.isnan(closure).any() else 0
        )
        if unseen:  # the beginning of a track: what is known before the top
            low, closure = top - unseen, closure[top - low - unseen :]
        at = top - low
        if at < 3 or len(closure) - at < 3 or not np.isfinite(closure).all():
            return None
        feet = [np.quantile(side, FOOT_Q, axis=0) for side in (closure[:at], closure[at + 1 :])]
        height = closure[at] - np.maximum(*feet)
        mean = closure.mean(axis=1)
        unequal = abs(feet[0].mean() - feet[1].mean()) > UNEQUAL * (
            mean[at] - min(feet[0].mean(), feet[1].mean())
        )
        sd = tape.smoothed_sd(noise.sd[RIGHT_EYE : LEFT_EYE + 1])
        weak = height.min() < max(SHARE * height.mean(), CLEAR_SD * float(np.nanmax(sd)))
        if height.mean() < HEIGHT or weak or unequal or abs(tape.pose_rad[top, 0]) > MAX_YAW_RAD:
            return None
        return self._timed(tape, low, at, mean, float(height.mean()))

    def _timed(self, tape: Tape, low: int, at: int, mean: Floats, height: float) -> Shape | None:
        """Find where the closure passes half its height on both sides."""
        t_s = np.multiply(tape.t_ns[low : low + len(mean)] - tape.t_ns[low + at], S, dtype=np.float64)
        half = mean[at] - height / 2
        before, after = np.flatnonzero(mean[:at] < half), np.flatnonzero(mean[at:] < half)
        if not before.size or not after.size:
            return None
        i, j = int(before[-1]), at + int(after[0])
        left = float(np.interp(half, mean[i : i + 2], t_s[i : i + 2]))
        right = float(np.interp(half, mean[j : j - 2 : -1], t_s[j : j - 2 : -1]))
        if not WIDTH_S[0] <= right - left <= WIDTH_S[1]:
            return None
        reach_s = FEET * (right - left) / 2
        apex_ns = int(tape.t_ns[low + at])
        self._ended_ns = apex_ns + round(right / S)
        return Shape(
            channel=EYES,
            onset_ns=apex_ns + round((left - reach_s) / S),
            apex_ns=apex_ns,
            offset_ns=apex_ns + round((right + reach_s) / S),
            height=height,
        )
