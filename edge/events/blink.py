"""Blinks of one person: what both eyes do, where it is high, clear of noise and short enough.

A blink has a mean height of .08, six times the noise in each eye, and a width at half height of .05 to .3 s.
Behind glasses the mesh shows a fifth of it: .04 are enough where they are twelve times the noise and the
head holds still.
Nothing is learnt from the person's own movements, so a lively face loses no blink; a squint or a turn moves
the eyes unequally.
"""

import numpy as np

from edge.arrays import Floats
from edge.blinks import REACH_S, Closing, closing
from edge.events.noise import Noise
from edge.events.shape import Shape
from edge.events.tape import EYES, LEFT_EYE, RIGHT_EYE, S, Tape

HEIGHT, CLEAR_SD = 0.08, 6.0
FAINT, FAINT_SD, STILL_RAD = 0.04, 12.0, np.radians(2.0)
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
        eyes = tape.smooth[top - 1 : top + 2, RIGHT_EYE : LEFT_EYE + 1]
        earlier, now, later = (right + left for right, left in eyes.tolist())
        if not (earlier <= now > later and now > FAINT) or tape.t_ns[top] < self._ended_ns:
            return None
        reach_ns = round(REACH_S / S)
        low, high = tape.before(tape.t_ns[top] - reach_ns), tape.before(tape.t_ns[top] + reach_ns)
        t_s = np.multiply(tape.t_ns[low : high + 1] - tape.t_ns[top], S, dtype=np.float64)
        one = closing(t_s, tape.smooth[low : high + 1, RIGHT_EYE : LEFT_EYE + 1], top - low)
        if one is None or not WIDTH_S[0] <= one.width_s <= WIDTH_S[1]:
            return None
        sd = float(np.nanmax(tape.smoothed_sd(noise.sd[RIGHT_EYE : LEFT_EYE + 1])))
        if (
            not _stands_out(one, sd, tape.pose_rad[low : high + 1])
            or abs(tape.pose_rad[top, 0]) > MAX_YAW_RAD
        ):
            return None
        return self._timed(int(tape.t_ns[top]), one)

    def _timed(self, apex_ns: int, one: Closing) -> Shape:
        """Give a blink its times."""
        rises, falls = one.half_s
        reach_s = FEET * one.width_s / 2
        self._ended_ns = apex_ns + round(falls / S)
        return Shape(
            channel=EYES,
            onset_ns=apex_ns + round((rises - reach_s) / S),
            apex_ns=apex_ns,
            offset_ns=apex_ns + round((falls + reach_s) / S),
            height=one.height,
        )


def _stands_out(one: Closing, sd: float, pose_rad: Floats) -> bool:
    """Whether a closing is high enough over the noise `sd`, or a faint one while the head holds still."""
    if one.height >= HEIGHT:
        return one.lower >= CLEAR_SD * sd
    still = float(np.ptp(pose_rad, axis=0).max()) <= STILL_RAD
    return still and one.height >= FAINT and one.lower >= FAINT_SD * sd
