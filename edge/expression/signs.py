"""What a face does that a picture of a face does not: blink, turn to and fro, move the mouth.

Each function reads rows of one face over time, [n, columns of `Look`]; NaN where nothing is to be seen.
"""

import math
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from edge.arrays import Floats
from edge.blinks import REACH_S, Closing, closing


class Look(NamedTuple):
    """What one frame shows of a face."""

    t_s: float
    right: float
    """How far the right eye is closed."""
    left: float
    """How far the left eye is closed."""
    opening_cm: float
    """Of the mouth."""
    yaw_deg: float
    pitch_deg: float
    presence: float
    likeness: float
    """Correlation of the crop with the frame before."""
    x_px: float
    """Middle of the face."""
    y_px: float
    canthus_px: float
    """Distance between the outer corners of the eyes."""


CLEAR = ((0.16, 7.0), (0.06, 12.0))  # height of a blink, and in sd of its noise
WIDTH_S = 0.30  # of a blink, at most
CALM_S, CALM_PER_S = 0.2, 2.0  # around a blink the face moves by less, canthus distances a second
STEADY_DEG = 5.0  # a steady head turns by less all the while
BIN_S = 0.2
SWING_DEG = 20.0
SAME_DEG = 5.0  # the head has the same pose within so much of yaw and pitch
SAME_N = 5  # bins, at least
LIKENESS_PER_S, STEP_S = 5.0, 0.034
SHARE = 0.1
T, OPENING, PRESENCE, LIKENESS = (
    Look._fields.index(name) for name in ("t_s", "opening_cm", "presence", "likeness")
)
POSE = slice(Look._fields.index("yaw_deg"), Look._fields.index("pitch_deg") + 1)
EYES = slice(Look._fields.index("right"), Look._fields.index("left") + 1)
PLACE = slice(Look._fields.index("x_px"), Look._fields.index("y_px") + 1)
CANTHUS = Look._fields.index("canthus_px")
_SD = 0.3186 * math.sqrt(6)  # lower quartile of |second difference| of white noise, in its sd


def blinks(rows: Floats, from_s: float, to_s: float) -> list[float]:
    """Return the times of the blinks after `from_s` and up to `to_s`; noise is that of all rows."""
    t_s, mean, noise = rows[:, T], rows[:, EYES].mean(axis=1), _noise(rows[:, EYES])
    peaks = (mean[1:-1] >= mean[:-2]) & (mean[1:-1] > mean[2:]) & (t_s[1:-1] > from_s) & (t_s[1:-1] <= to_s)
    found: list[float] = []
    for top in (1 + np.flatnonzero(peaks)).tolist():
        if not (found and t_s[top] - found[-1] < WIDTH_S) and _blinks(rows, top, noise):
            found.append(float(t_s[top]))
    return found


def _blinks(rows: Floats, top: int, noise: float) -> bool:
    """Whether a blink has its top in this row: clear of noise, and of what motion does to a picture."""
    one = _closing(rows, top, noise)
    if one is None or one.width_s > WIDTH_S:
        return False
    t_s = rows[:, T]
    around = rows[slice(*np.searchsorted(t_s, (t_s[top] - CALM_S, t_s[top] + CALM_S)).tolist())]
    classes = CLEAR if np.ptp(around[:, POSE], axis=0).max() < STEADY_DEG else CLEAR[:1]
    return one.height >= _least(classes, noise) and bool(_speed(around).max() < CALM_PER_S)


def _closing(rows: Floats, top: int, noise: float) -> Closing | None:
    """Measure what the eyes do around a row; None where it is clear at once that it cannot be enough."""
    t_s = rows[:, T]
    low, high = np.searchsorted(t_s, (t_s[top] - REACH_S, t_s[top] + REACH_S))
    eyes = rows[low:high, EYES]
    if (eyes[top - low] - eyes.min(axis=0)).mean() < _least(CLEAR, noise):  # no foot lies below the lowest
        return None
    return closing(t_s[low:high], eyes, top - int(low))


def _least(classes: tuple[tuple[float, float], ...], noise: float) -> float:
    """Return the least height of a blink that is clear of noise."""
    return min(max(height, sds * noise) for height, sds in classes)


def swings(rows: Floats) -> int:
    """Return how often the head turned back after a turn of `SWING_DEG` or more."""
    turned = _binned(rows, POSE)[:, 0].tolist()
    back, way, low, high = 0, 0, turned[0], turned[0]
    for deg in turned:
        low, high = min(low, deg), max(high, deg)
        if way <= 0 and deg - low >= SWING_DEG:
            back, way, high = back + abs(way), 1, deg
        elif way >= 0 and high - deg >= SWING_DEG:
            back, way, low = back + abs(way), -1, deg
    return back


def mouth(rows: Floats) -> tuple[float, float]:
    """Return the range of the mouth's opening while the head has one pose: cm, and sd of its noise."""
    pose, opening = _binned(rows, POSE), _binned(rows, slice(OPENING, OPENING + 1))[:, 0]
    known = np.isfinite(opening)
    pose, opening = pose[known], opening[known]
    same = np.abs(pose[:, None] - pose).max(axis=2) <= SAME_DEG
    alike = [np.flatnonzero(one) for one in same]
    range_cm = max((_range(opening[one], 0.05) for one in alike if len(one) >= SAME_N), default=0.0)
    return range_cm, range_cm / max(_noise(rows[:, OPENING : OPENING + 1]), 1e-9)


def opened(rows: Floats) -> float:
    """Return the range of the mouth's opening, cm."""
    return _range(rows[:, OPENING], 0.02)


def present(rows: Floats) -> float:
    """Return the presence that nine rows of ten reach."""
    return _reached(rows[:, PRESENCE])


def alike(rows: Floats) -> float:
    """Return the likeness that nine rows of ten reach, as if the frames followed each other at once."""
    apart_s = np.maximum(np.diff(rows[:, T]), STEP_S)
    return _reached(rows[1:, LIKENESS] + LIKENESS_PER_S * apart_s)


def _reached(values: Floats) -> float:
    """Return what nine values of ten reach; NaN without any."""
    known = values[np.isfinite(values)]
    return float(np.quantile(known, SHARE)) if known.size else math.nan


def _speed(rows: Floats) -> Floats:
    """Return how fast the face moves in the picture, canthus distances a second, [n]; 0 in the first row."""
    moved = np.hypot(*np.diff(rows[:, PLACE], axis=0).T)
    return np.concatenate(([0.0], moved / rows[1:, CANTHUS] / np.diff(rows[:, T])))


def _binned(rows: Floats, columns: slice) -> Floats:
    """Return the means of some columns over `BIN_S` each, [bins, columns]; empty bins are left out."""
    edges = np.flatnonzero(np.diff(rows[:, T] // BIN_S, prepend=-1.0))
    return np.array([rows[a:b, columns].mean(axis=0) for a, b in pairwise([*edges.tolist(), len(rows)])])


def _noise(columns: Floats) -> float:
    """Return the standard deviation of a frame's noise, of the noisiest column, as if nothing moved."""
    second = np.abs(np.diff(columns, 2, axis=0))
    second = second[np.isfinite(second).all(axis=1)]
    return float(np.quantile(second, 0.25, axis=0).max()) / _SD if len(second) else math.inf


def _range(values: Floats, beyond: float) -> float:
    """Return the range of known values without a share of them at both ends; NaN without any."""
    known = values[np.isfinite(values)]
    return float(np.ptp(np.quantile(known, (beyond, 1 - beyond)))) if known.size else math.nan
