"""Far windows as if as much were missing in them, and as many spoke, as in the near ones.

A gap that both people share, or a floor that only one of them has, makes near windows unlike far ones: far
ones lose two gaps instead of one, and pair speaker with speaker. Peaks of correlations depend on both, so
what they owe to either is estimated within the far offsets and taken out of the mean of each (a control
variate):

    m_s' = m_s - beta (cbar_s - cbar_0),   m ~ alpha_s + beta c,   cbar_s = mean of c over the windows of s
    c = (share of sample pairs that are there, speech of i, speech of j, their product, both at once)
"""

import numpy as np
from numpy.typing import NDArray

from edge._native.windows import centred, together
from edge.arrays import Floats
from edge.measures.context import Context
from edge.measures.peaks import PeakMeans

RATE_HZ = 2.0  # conditions are read at about 2 Hz
QUIET, LIVELY = 0.1, 0.9  # quantiles of a person's own mouth that are 0 and 1 of speech (ours)
RIDGE = 1e-6  # of the mean diagonal: a condition that hardly varies changes nothing
FLAT = 1e-12


def matched_means(
    context: Context, pair: tuple[int, int], channel: str, kept: NDArray[np.bool_] | None = None
) -> PeakMeans | None:
    """Return the statistic of one unordered pair with matched far offsets, None while there is nothing.

    `kept` [H, 1 + S]: which windows count; all of them by default.
    """
    windows = context.fast_peaks.windows(pair, channel)
    if windows is None:
        return None
    some = slice(None, None, max(1, round(context.mimicry.window_s / 2 / context.mimicry.hop_s)))  # overlap
    known = context.memo(
        ("conditions", pair, channel),
        lambda: conditions(context, pair, channel, windows.t_ns[some], windows.offsets_s),
    )
    if not known.shape[2]:
        return windows.means(kept=kept)
    peaks = windows.peaks if kept is None else np.where(kept, windows.peaks, np.nan)
    return windows.means(owed(peaks[some].astype(np.float64), known, windows.far), kept)


def owed(peaks: Floats, conditions: Floats, far: NDArray[np.bool_]) -> Floats:
    """Return what the mean of every offset owes to its conditions beyond the near ones', [S].

    Parameters
    ----------
    peaks : [H, 1 + S]
        The peak of every window, the near one first; NaN where a window is not valid.
    conditions : [H, 1 + S, K]
        What holds in each window; NaN where it is not known.
    far : [S]
        The offsets that the dependence is estimated on.
    """
    cbar, c, m, count = centred(peaks, conditions, far)
    c, m = c.reshape(-1, c.shape[2]), m.reshape(-1)
    G = c.T @ c
    G[np.diag_indices_from(G)] += RIDGE * float(np.trace(G)) / len(G) + FLAT
    beta = np.linalg.solve(G, c.T @ m)
    return np.where((count[1:] > 0) & (count[0] > 0), (cbar[1:] - cbar[0]) @ beta, 0.0)


def conditions(
    context: Context, pair: tuple[int, int], channel: str, t_ns: NDArray[np.int64], offsets_s: Floats
) -> Floats:
    """Return what holds in every near and far window of a pair, [H, 1 + S, K]; NaN before the ring."""
    rate_hz = context.rate_at(RATE_HZ)
    window_n = max(1, round(context.mimicry.window_s * rate_hz))
    lags_n = round(context.mimicry.max_lag_s * rate_hz)
    s = np.append(0, np.rint(offsets_s * rate_hz).astype(np.int64))
    ago = np.rint((context.t_ns - t_ns) * rate_hz / 1e9).astype(np.int64)
    seen = np.stack([_seen(context, person, channel) for person in pair])
    newest = seen.shape[1] - 1 - lags_n - ago
    gaps, speaks = int(not seen.all()), context.roles.mouth is not None
    found = np.empty((len(t_ns), len(s), gaps + 4 * speaks))
    if gaps:
        spread = np.stack([_spread(one, lags_n) for one in seen])
        together(seen, spread, s, newest, window_n, found[..., 0])
    if speaks:
        talk = np.stack([said(context, person) for person in pair])
        for k, side in enumerate((1, -1)):
            at = newest[:, None] - np.maximum(side * s, 0)
            found[..., gaps + k] = _read(_window(talk[k], window_n), at)
        np.multiply(found[..., gaps], found[..., gaps + 1], out=found[..., gaps + 2])
        together(talk, talk, s, newest, window_n, found[..., gaps + 3])
    return found


def half_seconds(context: Context, x: Floats) -> Floats:
    """Means over half a second of the grid, newest last, [N]."""
    step = context.step_n(RATE_HZ)
    return np.asarray(x[len(x) % step :].reshape(-1, step).mean(axis=1))


def _seen(context: Context, person: int, channel: str) -> Floats:
    """Share of each half second in which a channel is measurable, [N]."""
    row = context.tick.x[person][context.tick.channels.index(channel)]
    return half_seconds(context, np.isfinite(row).astype(np.float64))


def speech(context: Context, person: int) -> Floats:
    """How lively the mouth is in the second around each sample, 0 quiet to 1, [N].

    Syllables are fast and smiles slow, so the second difference is read; 0 where the mouth is not seen.
    """

    def made() -> Floats:
        mouth = context.tick.x[person][context.roles.mouth or 0]
        bend = np.square(np.diff(mouth, n=2, prepend=[np.nan, np.nan]))
        seen = np.isfinite(bend)
        half = round(context.rate_hz / 2)
        total, count = (_spread(v.astype(np.float64), half) for v in (np.where(seen, bend, 0.0), seen))
        level = np.log(np.maximum(total, FLAT) / np.where(count > 0, count, 1.0))
        if not seen.any():
            return np.zeros(len(mouth))
        quiet, lively = np.quantile(level[seen], (QUIET, LIVELY))
        share = np.clip((level - quiet) / max(float(lively - quiet), FLAT), 0.0, 1.0)
        return np.asarray(np.where(count > 0, share, 0.0))

    return context.memo(("speech", person), made)


def said(context: Context, person: int) -> Floats:
    """Speech in half seconds, newest last, [N]."""
    return context.memo(("said", person), lambda: half_seconds(context, speech(context, person)))


def _window(x: Floats, n: int) -> Floats:
    """Mean over the n samples that end at each one, the first value before the start, [N]."""
    return _running(np.concatenate((np.repeat(x[:1], n - 1), x)), n)


def _spread(x: Floats, n: int) -> Floats:
    """Mean over n samples either way, the end values beyond the ends, [N]."""
    return _running(np.pad(x, n, mode="edge"), 2 * n + 1)


def _running(x: Floats, n: int) -> Floats:
    """Mean of n successive values, [N - n + 1]."""
    total = np.cumsum(np.append(0.0, x))
    return np.asarray((total[n:] - total[:-n]) / n)


def _read(x: Floats, at: NDArray[np.int64]) -> Floats:
    """Values of x at these samples, the shape of at; NaN before the first."""
    return np.where(at >= 0, x[np.maximum(at, 0)], np.nan)
