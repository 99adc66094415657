"""Cuts: the picture before and the picture now have nothing to do with each other.

    D = mean |s - s of the frame before|,  s: every (H/36)-th row and (W/64)-th column of the green channel

A cut is a D above 8 grey levels and above three times any D of the last .3 s: people and cameras that move
do so for more than one frame. Where one tile of a split screen switches, D stays low: therefore each face is
watched together with its surroundings, twice as wide and high as itself. Their correlation with the frame
before falls to .4 and below at most switches and stays above .8 while people move and hands pass; a light
that is switched changes all values and no pattern. Where a stream was stuck for a moment people have moved as
far, but their pattern is still there, a little beside, or the edges behind them are.
"""

from collections import deque

import numpy as np
from numpy.typing import NDArray

from edge._native import place as kernel
from edge.arrays import overwrite

ROWS, COLUMNS = 36, 64
LEAST, RATIO = 8.0, 3.0
PAST_S, PAST_N = 0.3, 3  # differences before it, at least as many
AROUND = 2.0  # side of a face's surroundings, in sides of the face
SIDE, COARSE = 64, 2  # samples of a place, a side; every second is correlated
SAME = 0.5  # correlation of a place with itself, at least
BESIDE, BESIDE_SAME = 0.6, 0.7  # or that much at up to this far beside, face sides
EDGE, EDGES_ALIKE, EDGES_SAME = 6.0, 0.5, 0.15  # grey levels a sample, difference allowed, share of the edges
FLAT_SD = 2.0  # grey levels; below it a place has no pattern

Picture = NDArray[np.uint8]
Box = tuple[float, float, float, float]


class Cuts:
    """Looks at every frame once; keeps a thumbnail of the last one."""

    def __init__(self) -> None:
        self._last: Picture | None = None
        self._past: deque[tuple[int, float]] = deque()

    def update(self, image: Picture, t_ns: int) -> bool:
        """Whether this picture begins a new scene."""
        down, across = max(1, image.shape[0] // ROWS), max(1, image.shape[1] // COLUMNS)
        shape = (-(-image.shape[0] // down), -(-image.shape[1] // across))
        if self._last is None or self._last.shape != shape:
            self.wipe()
            self._last = np.zeros(shape, np.uint8)
            kernel.change(image, self._last, down, across)
            return False
        change = kernel.change(image, self._last, down, across)
        while self._past and t_ns - self._past[0][0] > PAST_S * 1e9:
            self._past.popleft()
        known = len(self._past) >= PAST_N
        cut = known and change > max(LEAST, RATIO * max(one for _, one in self._past))
        self._past.append((t_ns, change))
        return cut

    def wipe(self) -> None:
        """Overwrite the thumbnail."""
        if self._last is not None:
            overwrite(self._last)
        self._last = None
        self._past.clear()


class Place:
    """What a face and its surroundings showed in one picture, to be compared with another picture."""

    def __init__(self, image: Picture, box_px: Box) -> None:
        x, y, width, height = box_px
        beside = (AROUND - 1) / 2
        self._box_px = (x - beside * width, y - beside * height, AROUND * width, AROUND * height)
        self._shown = _sample(image, self._box_px)
        self.flat = kernel.spread(self._shown) < FLAT_SD
        """Whether nothing is to be seen there: in the dark, or under a cover."""

    def likeness(self, image: Picture) -> float:
        """Return the correlation with the same place in another picture; NaN where one of them is flat."""
        if self.flat:
            return float("nan")
        return kernel.likeness(self._shown, image, self._box_px, COARSE, FLAT_SD)

    def still_there(self, image: Picture) -> bool:
        """Whether another picture shows the same pattern a little beside, or many of the same edges."""
        before, now = (_edges(one) for one in (self._shown, _sample(image, self._box_px)))
        larger = np.maximum(np.abs(before), np.abs(now))
        alike = np.abs(before - now)[larger > EDGE] < EDGES_ALIKE * larger[larger > EDGE]
        return bool(alike.size and alike.mean() >= EDGES_SAME) or self._beside(image) >= BESIDE_SAME

    def _beside(self, image: Picture) -> float:
        """Return the highest correlation with a place that lies up to `BESIDE` face sides beside."""
        side = SIDE // COARSE
        out = round(BESIDE / AROUND * side)
        x, y, width, height = self._box_px
        dx, dy = width * out / side, height * out / side
        around = (x - dx, y - dy, width + 2 * dx, height + 2 * dy)
        wide = _sample(image, around, side + 2 * out).astype(np.float32)
        shown = self._shown[::COARSE, ::COARSE].astype(np.float32)
        places = np.lib.stride_tricks.sliding_window_view(wide, shown.shape)
        return float(np.nanmax([kernel.resemblance(shown, place) for row in places for place in row]))

    def wipe(self) -> None:
        """Overwrite what was shown."""
        overwrite(self._shown)


def _edges(picture: Picture) -> NDArray[np.complex128]:
    """Return the gradient of each sample, across + i down."""
    down, across = np.gradient(picture.astype(np.float64))
    return np.asarray(across + 1j * down)


def _sample(image: Picture, box_px: Box, side: int = SIDE) -> Picture:
    """Sample a box of the green channel, [side, side]."""
    shown = np.empty((side, side), np.uint8)
    kernel.sample(image, box_px, shown)
    return shown
