"""Whether a face has been shown to be alive.

Posters, photographs, puppets, statues and drawings have faces too. Within the last half minute a person

    blinks   twice, or once while the mouth opens by .6 cm,
    or turns the head to and fro, four times by 20 degrees, and moves the lips at one and the same pose

and on nine frames of ten all the while

    presence is .95 at least (.985 for who was seen to turn only)
    likeness of the face's crop with the frame before, plus 5 for each second between them, is .93 at least:
             the lines of a drawing jump, skin stays (motion costs more at low rates)

A flat picture that is moved and bent never shows another side: it seems to turn by 11 degrees at most. Its
eyes seem to close by .14 or 10 sd, and by more while it moves fast: then nobody's blinks count. Who was shown
to be alive stays so until the track ends.
"""

import math

import numpy as np

from edge.arrays import Floats, overwrite
from edge.blinks import REACH_S
from edge.expression import signs
from edge.expression.signs import Look, T

WINDOW_S, LEAST_S, EVERY_S = 30.0, 8.0, 1.0  # of evidence, before the first verdict, between two
ROWS = 2048  # of evidence: the window at 60 frames a second
BLINKS, OPENING_CM = 2, 0.6
SWINGS = 4
LIPS = ((0.2, 8.0), (1.0, 5.0))  # cm and sd of noise
MIN_PRESENCE, TURNED_PRESENCE, MIN_LIKENESS = 0.95, 0.985, 0.93


class Life:
    """The evidence of one face, until there is enough."""

    def __init__(self) -> None:
        self.shown = False
        """Whether the face was shown to be alive."""
        self._rows = np.full((ROWS, len(Look._fields)), np.nan)
        self._count = 0
        self._first_s = self._asked_s = math.nan
        self._blinks_s: list[float] = []

    def update(self, look: Look) -> bool:
        """Take what one frame shows; return whether the face has been shown to be alive."""
        self._rows[self._count % ROWS] = look
        self._count += 1
        if self._count == 1:
            self._first_s = self._asked_s = look.t_s
        if look.t_s - self._asked_s >= EVERY_S:
            self._ask(look.t_s)
        return self.shown

    def wipe(self) -> None:
        """Overwrite the evidence."""
        overwrite(self._rows)
        self._count, self._first_s, self._asked_s, self.shown = 0, math.nan, math.nan, False
        self._blinks_s.clear()

    def _ask(self, t_s: float) -> None:
        """Look for new blinks, then whether all the evidence is enough."""
        rows = self._window(t_s)
        self._blinks_s = [one for one in self._blinks_s if one >= rows[0, T]]
        self._blinks_s += signs.blinks(rows, self._asked_s - REACH_S, t_s - REACH_S)
        self._asked_s = t_s
        if t_s - self._first_s >= LEAST_S and enough(rows, len(self._blinks_s)):
            self.wipe()
            self.shown = True

    def _window(self, t_s: float) -> Floats:
        """Return the rows of the last half minute, oldest first."""
        rows = np.roll(self._rows, -(self._count % ROWS), axis=0)
        return rows[rows[:, T] >= t_s - WINDOW_S]


def enough(rows: Floats, blinks_n: int) -> bool:
    """Whether rows of evidence and the blinks in them show that a face is alive."""
    presence = signs.present(rows)
    if not (presence >= MIN_PRESENCE and signs.alike(rows) >= MIN_LIKENESS):
        return False
    if blinks_n >= BLINKS or (blinks_n == 1 and signs.opened(rows) >= OPENING_CM):
        return True
    return presence >= TURNED_PRESENCE and signs.swings(rows) >= SWINGS and _talks(rows)


def _talks(rows: Floats) -> bool:
    """Whether the mouth opens clearly while the head has one and the same pose."""
    range_cm, range_sd = signs.mouth(rows)
    return any(range_cm >= cm and range_sd >= sd for cm, sd in LIPS)
