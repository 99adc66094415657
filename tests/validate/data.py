"""Real recordings of unrelated people, from the shared test data; None where the folder is absent."""

from itertools import combinations
from pathlib import Path

import numpy as np

DYADS = Path(__file__).parents[3] / "shared" / "data" / "rmea-dyads"
NAMES = ("normal/200", "normal/201", "normal/202", "dropout/100", "dropout/101", "dropout/102")
RATE_HZ = 25.0


def dyad(name):
    """One recording, float64 [2, 15000], motion energy at 25 Hz."""
    return np.loadtxt(DYADS / f"{name}_01.txt", skiprows=1).T


def columns():
    """Every column with the recording it comes from: 12 people."""
    return [(name, k, column) for name in NAMES for k, column in enumerate(dyad(name))]


def pseudo_dyads(turns_s=(0.0, 210.0)):
    """Yield label and two columns of people who never met; the second turned by this many seconds."""
    for (a, i, x), (b, j, y) in combinations(columns(), 2):
        if a == b:
            continue
        for turn_s in turns_s:
            yield f"{a}.{i} x {b}.{j} + {turn_s:g} s", x, np.roll(y, round(turn_s * RATE_HZ))


def motion_events(x, rate_hz=RATE_HZ):
    """Movements in motion energy as (onset_s, apex_s, offset_s): smoothed runs above twice the median.

    The smoothing of .2 s and the threshold are chosen for a few movements a minute, nothing more.
    """
    width = round(0.2 * rate_hz)
    y = np.convolve(x, np.ones(width) / width, mode="same")
    high = y > np.quantile(y, 0.85)
    edges = np.flatnonzero(np.diff(np.concatenate(([0], high.astype(int), [0]))))
    runs = edges.reshape(-1, 2)
    return [(a / rate_hz, (a + int(np.argmax(y[a:b]))) / rate_hz, b / rate_hz) for a, b in runs if b - a >= 2]
