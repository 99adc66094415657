"""Slow twins of the native kernels: the same results by brute force; imports nothing of the package.

Each is written from the definition, sample by sample, with no running sum anywhere.
"""

from itertools import combinations

import numpy as np

MISSING = -32768


def quantise(x, offset, step):
    """Round (x - offset) / step half to even, clip to +-32767, MISSING where x is not finite."""
    return np.array(
        [
            round(max(-32767, min(32767, (value - offset) / step))) if np.isfinite(value) else MISSING
            for value in np.asarray(x, float).ravel().tolist()
        ],
        np.int16,
    ).reshape(np.shape(x))


def lag_windows(newest, lags_n, lag, offset=0):
    """Last indices (inclusive) of the windows of x and y for one lag: the one-sided alignment of rMEA."""
    if offset == 0:
        still = newest - lags_n
        return (still, still + lag) if lag >= 0 else (still - lag, still)
    still = newest - lags_n - abs(offset)
    return (still, still + lag) if offset > 0 else (still - lag, still)


def lag_sums(x, y, newest, shape, offset=0):
    """Exact n, Sx, Sy, Sxx, Syy, Sxy over valid pairs at lags offset-L..offset+L, int64 [2L+1, 6].

    x and y are int16 with MISSING; what lies before index 0 is missing. `shape` is (W, L).
    """
    window_n, lags_n = shape
    pad = window_n + 2 * lags_n + abs(offset) + 1
    x, y = (np.concatenate([np.full(pad, MISSING), np.asarray(s)]).astype(np.int64) for s in (x, y))
    rows = []
    for lag in range(offset - lags_n, offset + lags_n + 1):
        ex, ey = lag_windows(newest + pad, lags_n, lag, offset)
        a, b = x[ex - window_n + 1 : ex + 1], y[ey - window_n + 1 : ey + 1]
        valid = (a != MISSING) & (b != MISSING)
        a, b = a[valid], b[valid]
        rows.append([valid.sum(), a.sum(), b.sum(), (a * a).sum(), (b * b).sum(), (a * b).sum()])
    return np.array(rows, np.int64)


def pearson(a, b):
    """Pearson r in float64 by centring both windows; NaN when either is constant or empty."""
    a, b = np.asarray(a, float), np.asarray(b, float)
    if len(a) == 0 or (a == a[0]).all() or (b == b[0]).all():
        return np.nan
    a, b = a - a.mean(), b - b.mean()
    return float((a @ b) / np.sqrt((a @ a) * (b @ b)))


def lag_r(x, y, newest, shape, offset=0, *, min_coverage=0.75):
    """Pearson r over valid pairs at lags offset-L..offset+L; x, y float with NaN where missing."""
    window_n, lags_n = shape
    pad = window_n + 2 * lags_n + abs(offset) + 1
    x, y = (np.concatenate([np.full(pad, np.nan), np.asarray(s, float)]) for s in (x, y))
    row = []
    for lag in range(offset - lags_n, offset + lags_n + 1):
        ex, ey = lag_windows(newest + pad, lags_n, lag, offset)
        a, b = x[ex - window_n + 1 : ex + 1], y[ey - window_n + 1 : ey + 1]
        valid = ~(np.isnan(a) | np.isnan(b))
        row.append(pearson(a[valid], b[valid]) if valid.sum() >= min_coverage * window_n else np.nan)
    return np.array(row)


class Correlator:
    """Slow twin of the streaming correlator: keeps every frame and recomputes everything when asked."""

    def __init__(self, slots, channels, windows, *, min_coverage=0.75):
        self.slots, self.channels, self.min_coverage = slots, channels, min_coverage
        self.windows = tuple((w, n, tuple(s)) for w, n, s in windows)
        self.pairs = tuple(combinations(range(slots), 2))
        self.frames, self.inside = np.empty((0, slots, channels), np.int16), set()

    @property
    def pushed(self):
        """Frames pushed so far."""
        return len(self.frames)

    def enter(self, slot):
        """Take a slot."""
        self.inside.add(slot)

    def leave(self, slot):
        """Empty a slot and forget its samples."""
        self.inside.remove(slot)
        self.frames[:, slot] = MISSING

    def clear(self):
        """Forget everything."""
        self.frames, self.inside = self.frames[:0], set()

    def push_block(self, frames):
        """Append frames; empty slots are missing."""
        frames = np.array(frames, np.int16)
        outside = [slot for slot in range(self.slots) if slot not in self.inside]
        frames[:, outside] = MISSING
        self.frames = np.concatenate([self.frames, frames])

    def sums(self, window, i, j, channel, offset=0):
        """Exact sums of one pair, int64 [2L+1, 6]."""
        w, n, _ = self.windows[window]
        x, y = self.frames[:, i, channel], self.frames[:, j, channel]
        return lag_sums(x, y, self.pushed - 1, (w, n), offset)

    def r(self, window, i, j, channel, offset=0):
        """Pearson r of one pair, float64 [2L+1]."""
        w, n, _ = self.windows[window]
        x, y = (np.where(s == MISSING, np.nan, s) for s in self.frames[:, [i, j], channel].T.astype(float))
        return lag_r(x, y, self.pushed - 1, (w, n), offset, min_coverage=self.min_coverage)

    def far_r(self, window, i, j, channel):
        """Pearson r around every offset (around its negative for i > j), float64 [S, 2L+1]."""
        offsets = [s if i < j else -s for s in self.windows[window][2]]
        rows = [self.r(window, i, j, channel, s) for s in offsets]
        return np.array(rows).reshape(len(offsets), 2 * self.windows[window][1] + 1)


def triggered(a, b, tau, width):
    """Count the a with some b in (a + tau, a + tau + width]."""
    return sum(any(s + tau < t <= s + tau + width for t in b) for s in a)


def responses(a, b, tau, width):
    """Count the b in (a + tau, a + tau + width] of some a."""
    return sum(any(s + tau < t <= s + tau + width for s in a) for t in b)


def exposure(a, tau, width, start, end):
    """Count the whole ns of the union of (a + tau, a + tau + width] inside (start, end]."""
    return len({t for s in a for t in range(s + tau + 1, s + tau + width + 1) if start < t <= end})


def delays(a, b, tau, width):
    """Delay of the first b after each a within the interval, -1 where there is none."""
    return np.array(
        [min((t - s for t in b if s + tau < t <= s + tau + width), default=-1) for s in a], np.int64
    )


def drawn(b, offsets, start=0, length=0):
    """Return copies of b shifted by each row of offsets, wrapped into [start, start + length), sorted."""
    moved = np.asarray(b) + np.asarray(offsets)
    return np.sort(start + (moved - start) % length if length else moved, axis=1)
