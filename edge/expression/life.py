"""Whether a face has been shown to be alive: it blinks, and is not redrawn from frame to frame.

Posters, photographs, puppets and drawings have faces too. Within the last half minute a person's

    eyes      close together at least twice, or once while the mouth opens by .6 cm
    presence  is .95 at least on nine frames of ten
    likeness  of the face's crop with the frame before, plus 5 for each second between them, is .93 at least
              on nine frames of ten: the lines of a drawing jump, skin stays (motion costs more at low rates)

A blink is a peak of the closure c = 1 - aspect ratio / its median, of each eye:

    h = c(peak) - max(q20 of c over the .4 s before, the same after)

with a mean h of .16 and 7 sd of the noise of c, or of .06 and 12 sd (narrow eyes, seen well), each eye's h at
least .4 of the mean, feet that differ by less than .6 of the height, and at most .35 s at half height.
Photographs that move reach .14 and 10 sd. Who was shown to be alive stays so until the track ends.
"""

import math

import numpy as np
from numpy.typing import NDArray

from edge.arrays import Floats, overwrite

WINDOW_S, LEAST_S, EVERY_S = 30.0, 8.0, 1.0  # of evidence, before the first verdict, between two
ROWS = 2048  # of evidence: the window at 60 frames a second
T, RIGHT, LEFT, OPENING, PRESENCE, LIKENESS, COLUMNS = range(7)
BLINKS, OPENING_CM = 2, 0.6
MIN_PRESENCE, MIN_LIKENESS, SHARE = 0.95, 0.93, 0.1
LIKENESS_PER_S, STEP_S = 5.0, 0.034
REACH_S, FOOT_Q, BESIDE_N = 0.4, 0.2, 3
CLEAR = ((0.16, 7.0), (0.06, 12.0))  # height of a blink, and in sd
EACH, UNEQUAL, WIDTH_S = 0.4, 0.6, 0.35
_SD = 0.3186 * math.sqrt(6)  # lower quartile of |second difference| of white noise, in its sd


class Life:
    """The evidence of one face, until there is enough."""

    def __init__(self) -> None:
        self.shown = False
        """Whether the face was shown to be alive."""
        self._rows = np.full((ROWS, COLUMNS), np.nan)
        self._count = 0
        self._first_s = self._asked_s = math.nan
        self._blinks_s: list[float] = []

    def update(
        self, t_ns: int, closure: tuple[float, float], opening_cm: float, presence: float, likeness: float
    ) -> bool:
        """Take one frame's evidence; return whether the face has been shown to be alive."""
        if self.shown:
            return True
        t_s = t_ns * 1e-9
        step_s = t_s - self._rows[(self._count - 1) % ROWS, T]
        fair = likeness + LIKENESS_PER_S * max(step_s, STEP_S)
        self._rows[self._count % ROWS] = (t_s, *closure, opening_cm, presence, fair)
        self._count += 1
        if self._count == 1:
            self._first_s = self._asked_s = t_s
        if t_s - self._asked_s >= EVERY_S:
            rows = self._window(t_s)
            self._blinks_s = [one for one in self._blinks_s if one >= rows[0, T]]
            self._blinks_s += blinks(rows, self._asked_s - REACH_S, t_s - REACH_S)
            self._asked_s = t_s
            if t_s - self._first_s >= LEAST_S and enough(rows, len(self._blinks_s)):
                self.wipe()
                self.shown = True
        return self.shown

    def wipe(self) -> None:
        """Overwrite the evidence."""
        overwrite(self._rows)
        self._count, self._first_s, self._asked_s, self.shown = 0, math.nan, math.nan, False
        self._blinks_s.clear()

    def _window(self, t_s: float) -> Floats:
        """Return the rows of the last half minute, oldest first."""
        rows = np.roll(self._rows, -(self._count % ROWS), axis=0)
        return rows[rows[:, T] >= t_s - WINDOW_S]


def enough(rows: Floats, blinks_n: int) -> bool:
    """Whether rows of evidence and the blinks in them show that a face is alive."""
    presence, likeness = (_low(rows[:, column]) for column in (PRESENCE, LIKENESS))
    if not (presence >= MIN_PRESENCE and likeness >= MIN_LIKENESS):
        return False
    return blinks_n >= BLINKS or (blinks_n >= 1 and _range(rows[:, OPENING]) >= OPENING_CM)


def blinks(rows: Floats, from_s: float, to_s: float) -> list[float]:
    """Return the times of the blinks after `from_s` and up to `to_s`; noise is that of all rows."""
    t_s, closure = rows[:, T], rows[:, RIGHT : LEFT + 1]
    mean, noise = closure.mean(axis=1), _noise(closure)
    clear = min(max(height, sds * noise) for height, sds in CLEAR)
    peaks = (mean[1:-1] >= mean[:-2]) & (mean[1:-1] > mean[2:]) & (t_s[1:-1] > from_s) & (t_s[1:-1] <= to_s)
    found: list[float] = []
    for top in 1 + np.flatnonzero(peaks):
        if not (found and t_s[top] - found[-1] < WIDTH_S) and _blink(t_s, closure, int(top), clear):
            found.append(float(t_s[top]))
    return found


def _blink(t_s: Floats, closure: Floats, top: int, clear: float) -> bool:
    """Whether both eyes close and open again around a peak."""
    low, high = np.searchsorted(t_s, (t_s[top] - REACH_S, t_s[top] + REACH_S))
    before, after = closure[low:top], closure[top + 1 : high]
    if min(len(before), len(after)) < BESIDE_N or np.isnan(closure[low:high]).any():
        return False
    feet = [np.quantile(side, FOOT_Q, axis=0) for side in (before, after)]
    height = closure[top] - np.maximum(*feet)
    lower = min(one.mean() for one in feet)
    unequal = abs(feet[0].mean() - feet[1].mean()) > UNEQUAL * (closure[top].mean() - lower)
    if height.mean() < clear or height.min() < EACH * height.mean() or unequal:
        return False
    shut = closure[low:high].mean(axis=1) >= closure[top].mean() - height.mean() / 2
    return _run_s(t_s[low:high], shut, top - int(low)) <= WIDTH_S


def _run_s(t_s: Floats, shut: NDArray[np.bool_], top: int) -> float:
    """Return how long the lids are shut around the peak, to the middle of the frames where they open."""
    opened = np.flatnonzero(~shut)
    before, after = opened[opened < top], opened[opened > top]
    if not (before.size and after.size):
        return math.inf
    first, last = before[-1], after[0]
    return float(t_s[last] + t_s[last - 1] - t_s[first] - t_s[first + 1]) / 2


def _noise(closure: Floats) -> float:
    """Return the standard deviation of a frame's noise, of the noisier eye; frames that move do not count."""
    second = np.abs(np.diff(closure, 2, axis=0))
    second = second[np.isfinite(second).all(axis=1)]
    return float(np.quantile(second, 0.25, axis=0).max()) / _SD if len(second) else math.inf


def _low(values: Floats) -> float:
    """Return the value that nine of ten reach; NaN without any."""
    known = values[np.isfinite(values)]
    return float(np.quantile(known, SHARE)) if known.size else math.nan


def _range(values: Floats) -> float:
    """Return the range of a channel without its outermost fiftieths; NaN without values."""
    known = values[np.isfinite(values)]
    return float(np.ptp(np.quantile(known, (0.02, 0.98)))) if known.size else math.nan
