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

from edge.arrays import Floats
from edge.measures.context import Context
from edge.measures.peaks import PeakMeans

RATE_HZ = 2.0  # conditions are read at about 2 Hz
QUIET, LIVELY = 0.1, 0.9  # quantiles of a person's own mouth that are 0 and 1 of speech (ours)
RIDGE = 1e-6  # of the mean diagonal: a condition that hardly varies changes nothing
FLAT = 1e-12
AT_ONCE = 8  # offsets that are laid out together


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
    known = np.isfinite(peaks) & np.isfinite(conditions).all(axis=2)
    count = np.maximum(known.sum(axis=0), 1)
    c, m = np.where(known[..., None], conditions, 0.0), np.where(known, peaks, 0.0)
    cbar = c.sum(axis=0) / count[:, None]
    fitted = known & np.append(False, far)
    c = np.where(fitted[..., None], c - cbar, 0.0).reshape(-1, c.shape[2])
    m = np.where(fitted, m - m.sum(axis=0) / count, 0.0).reshape(-1)
    G = c.T @ c
    G[np.diag_indices_from(G)] += RIDGE * float(np.trace(G)) / len(G) + FLAT
    beta = np.linalg.solve(G, c.T @ m)
    return np.where(known[:, 1:].any(axis=0) & known[:, 0].any(), (cbar[1:] - cbar[0]) @ beta, 0.0)


def conditions(
    context: Context, pair: tuple[int, int], channel: str, t_ns: NDArray[np.int64], offsets_s: Floats
) -> Floats:
    """Return what holds in every near and far window of a pair, [H, 1 + S, K]; NaN before the ring."""
    rate_hz = context.rate_at(RATE_HZ)
    window_n = max(1, round(context.mimicry.window_s * rate_hz))
    lags_n = round(context.mimicry.max_lag_s * rate_hz)
    s = np.append(0, np.rint(offsets_s * rate_hz).astype(np.int64))
    ago = np.rint((context.t_ns - t_ns) * rate_hz / 1e9).astype(np.int64)[:, None]
    found = []
    seen = [_seen(context, person, channel) for person in pair]
    newest = len(seen[0]) - 1 - lags_n - ago
    if not all(one.all() for one in seen):
        found.append(_together(seen, [_spread(one, lags_n) for one in seen], s, newest, window_n))
    if context.roles.mouth is not None:
        said = [half_seconds(context, speech(context, person)) for person in pair]
        i, j = (
            _read(_window(one, window_n), newest - np.maximum(side * s, 0))
            for one, side in zip(said, (1, -1), strict=True)
        )
        found += [i, j, i * j, _together(said, said, s, newest, window_n)]
    return np.stack(found, axis=2) if found else np.empty((len(t_ns), len(s), 0))


def half_seconds(context: Context, x: Floats) -> Floats:
    """Means over half a second of the grid, newest last, [N]."""
    step = context.step_n(RATE_HZ)
    return np.asarray(x[len(x) % step :].reshape(-1, step).mean(axis=1))


def _together(
    still: list[Floats], slides: list[Floats], s: NDArray[np.int64], newest: NDArray[np.int64], window_n: int
) -> Floats:
    """Mean over every window of both at once, the later one |s| after the earlier, [H, 1 + S]."""
    parts = [s[k : k + AT_ONCE] for k in range(0, len(s), AT_ONCE)]
    return np.concatenate([_some_together(still, slides, part, newest, window_n) for part in parts], axis=1)


def _some_together(
    still: list[Floats], slides: list[Floats], s: NDArray[np.int64], newest: NDArray[np.int64], window_n: int
) -> Floats:
    """`_together` of few offsets; what would lie after the newest sample is never read."""
    n, back, i_first = len(still[0]), np.abs(s), (s >= 0)[:, None]
    then = np.minimum(np.arange(n) + back[:, None], n - 1)
    first = np.where(i_first, still[0], still[1])
    later = np.where(i_first, slides[1][then], slides[0][then])
    return _read(_window(first * later, window_n), newest - back)


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


def _window(x: Floats, n: int) -> Floats:
    """Mean over the n samples that end at each one, the first value before the start, [..., N]."""
    return _running(np.concatenate((np.repeat(x[..., :1], n - 1, axis=-1), x), axis=-1), n)


def _spread(x: Floats, n: int) -> Floats:
    """Mean over n samples either way, the end values beyond the ends, [N]."""
    return _running(np.pad(x, n, mode="edge"), 2 * n + 1)


def _running(x: Floats, n: int) -> Floats:
    """Mean of n successive values, [..., N - n + 1]."""
    total = np.cumsum(np.concatenate((np.zeros((*x.shape[:-1], 1)), x), axis=-1), axis=-1)
    return np.asarray((total[..., n:] - total[..., :-n]) / n)


def _read(x: Floats, at: NDArray[np.int64]) -> Floats:
    """Values of x [N] or [K, N] at these samples, [H, K]; NaN outside."""
    inside, rows = (at >= 0) & (at < x.shape[-1]), np.atleast_2d(x)
    return np.where(inside, rows[np.arange(len(rows)), np.clip(at, 0, x.shape[-1] - 1)], np.nan)
