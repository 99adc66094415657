"""The lag of a pair: the top of the mean profile, its interval by a bootstrap over blocks, who leads."""

import numpy as np

from edge.arrays import Floats
from edge.measures.tails import quantile

SMOOTH_S = 0.5  # of lags, before the top is looked for (ours: halves the error on simulated answers)
BLOCK_S = 20.0  # windows that are drawn together: longer than a window and a movement in it (ours)
RESAMPLES = 199
LOW, HIGH = 0.025, 0.975


def peak_lags(profiles: Floats, lags_s: Floats) -> Floats:
    """Lag at the top of every profile [B, 2L+1], between samples by a parabola, [B]."""
    z = _smoothed(profiles, lags_s)
    k = np.argmax(z, axis=1)
    row, inner = np.arange(len(z)), np.clip(k, 1, z.shape[1] - 2)
    before, top, after = z[row, inner - 1], z[row, inner], z[row, inner + 1]
    bend = before - 2 * top + after
    found = (k == inner) & (bend < 0.0)
    shift = np.where(found, 0.5 * (before - after) / np.where(found, bend, 1.0), 0.0)
    return np.asarray(lags_s[k] + shift * (lags_s[1] - lags_s[0]))


def lag_interval(windows: Floats, lags_s: Floats, block_n: int, seed: tuple[int, ...]) -> tuple[float, float]:
    """95 % interval of the lag of windows [H, 2L+1], those of one block drawn together; NaN without any.

    Windows overlap and movements last, so single windows would be drawn as if they knew nothing of each
    other (moving blocks: Künsch 1989).
    """
    valid = np.isfinite(windows)
    edges = np.arange(0, len(windows), block_n)
    total = np.add.reduceat(np.where(valid, windows, 0.0), edges, axis=0, dtype=np.float64)
    count = np.add.reduceat(valid.astype(np.float64), edges, axis=0)
    kept = count.any(axis=1)
    total, count = total[kept], count[kept]
    if len(total) < 2:
        return float("nan"), float("nan")
    drawn = np.random.default_rng(seed).integers(0, len(total), (RESAMPLES, len(total)))
    rows = drawn + len(total) * np.arange(RESAMPLES)[:, None]
    times = np.bincount(rows.ravel(), minlength=rows.size).reshape(rows.shape).astype(np.float64)
    profiles = (times @ total) / np.maximum(times @ count, 1.0)
    found = peak_lags(profiles, lags_s)
    return quantile(found, LOW), quantile(found, HIGH)


def leads(low_s: float, high_s: float, lags_s: Floats) -> float:
    """1 where the first of the pair moves first, -1 the second, 0 where the interval leaves it open.

    It does where it holds 0, and where it touches the longest lag: the true one may lie beyond.
    """
    border_s = float(lags_s[-1] - (lags_s[1] - lags_s[0]) / 2)
    if not max(abs(low_s), abs(high_s)) < border_s or low_s <= 0.0 <= high_s:
        return 0.0
    return 1.0 if low_s > 0.0 else -1.0


def _smoothed(z: Floats, lags_s: Floats) -> Floats:
    """Mean over .5 s of lags, fewer at the ends: answers differ in shape, so the raw top wanders."""
    n = max(1, round(SMOOTH_S / float(lags_s[1] - lags_s[0])))
    end = np.arange(z.shape[1]) + (n + 1) // 2
    first, end = np.maximum(end - n, 0), np.minimum(end, z.shape[1])
    total = np.zeros((len(z), z.shape[1] + 1))
    np.cumsum(z, axis=1, out=total[:, 1:])
    return np.asarray((total[:, end] - total[:, first]) / (end - first))
