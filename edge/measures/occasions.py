"""Moments that the others share: what most of a room does at once is no answer of one to another.

A moment is shared, for a pair, where at least half of the other people in the room raise their smile. What
they do says nothing of how the pair would meet by chance, so leaving these moments out, of the value and of
its null alike, keeps both comparable; and who only laughs at the same jokes is then not measured at them.
"""

import numpy as np
from numpy.typing import NDArray

from edge.arrays import Floats
from edge.formulas import MAD_TO_SD
from edge.measures.context import Context

RATE_HZ = 2.0
RISE_S = 1.0  # a smile rises within about that time (ours)
RISE_SD = 3.0  # robust sd of its rises that count as one (ours)
BEFORE_S = 3.0  # a window: smiles that began before it still fall in it (ours)
AFTER_S = 1.0  # a window: reactions to one occasion are spread (ours)

Flags = NDArray[np.bool_]


def alone(context: Context, pair: tuple[int, int], window_s: float) -> Flags:
    """Whether fewer than half of the others begin a smile around the window that ends at each moment, [N].

    At about 2 Hz, newest last; `window_s` ends the longest lag before its moment, as the middle of the near
    lags does. Everywhere for a pair without others.
    """
    others = [person for person in context.people if person not in pair]
    if not others:
        length = len(_rises(context, pair[0]))
        return np.ones(length, dtype=bool)
    moved = np.stack([_around(context, person, window_s) for person in others])
    return np.asarray(2 * moved.sum(axis=0) < len(others))


def back(flags: Flags, ago: NDArray[np.int64]) -> Flags:
    """Read the flags `ago` samples before the newest one; False before their start."""
    at = len(flags) - 1 - ago
    return np.asarray((at >= 0) & flags[np.maximum(at, 0)])


def _around(context: Context, person: int, window_s: float) -> Flags:
    """Whether this person begins a smile within the window, or shortly before or after it, [N]."""

    def made() -> Flags:
        rate_hz = context.rate_at(RATE_HZ)
        rises = _rises(context, person)
        length = round((BEFORE_S + window_s + AFTER_S) * rate_hz)
        late = max(0, round((context.mimicry.max_lag_s - AFTER_S) * rate_hz))
        total = np.cumsum(np.pad(rises.astype(np.float64), (length + late + 1, 0)))
        ends = len(total) - late - np.arange(len(rises))[::-1]
        return np.asarray(total[ends - 1] - total[ends - 1 - length] > 0)

    return context.memo(("around", person, window_s, BEFORE_S), made)


def _rises(context: Context, person: int) -> Flags:
    """Whether the smile rose by more than three robust sd within the last second, [N]."""

    def made() -> Flags:
        smile: Floats = context.tick.x[person][context.roles.smile]
        step = context.step_n(RATE_HZ)
        halves = np.asarray(smile[len(smile) % step :].reshape(-1, step).mean(axis=1), dtype=np.float64)
        lag = round(RISE_S * context.rate_at(RATE_HZ))
        rise = np.concatenate((np.full(min(lag, len(halves)), np.nan), halves[lag:] - halves[:-lag]))
        return np.asarray(rise > RISE_SD * _spread(rise))

    return context.memo(("rises", person), made)


def _spread(x: Floats) -> float:
    """Robust sd about 0; infinite where nothing is known."""
    known = x[np.isfinite(x)]
    return MAD_TO_SD * float(np.median(np.abs(known))) if len(known) else float("inf")
