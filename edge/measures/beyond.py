"""Synchrony of a pair beyond the moments that the room shares: what `mimicry_index` pools.

People who laugh at the same jokes move together, and at the far lags of N1 they do not. Two things are left
of synchrony that such occasions do not explain, each held against a null of its own:

    alone: the mean peak over the windows around which the others do not smile, near against far
    order: sum over smiles of both within 4 s of sign(tau) kappa(|tau|), against the same with random signs

Whoever reacts to one occasion on their own is as often before as after the other; who answers is behind.
Random signs are drawn for blocks of 10 s, the same for all pairs, since one person's delay is in several.
"""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from edge.arrays import Floats
from edge.measures.answers import SECOND_NS
from edge.measures.context import Context
from edge.measures.findings import Finding
from edge.measures.matching import matched_means
from edge.measures.occasions import RATE_HZ, alone, back
from edge.measures.order import order
from edge.measures.peaks import Windows

ORDER, ALONE = "order", "alone"
BLOCK_NS = 10 * SECOND_NS  # of smiles that share a sign (ours)
MIN_WINDOWS = 8  # that do not overlap


def beyond(context: Context, pair: tuple[int, int], channel: str, finding: Finding) -> tuple[Finding, ...]:
    """Return what is left of a pair's finding: its order, and where it is measurable what it does alone."""
    windows = context.fast_peaks.windows(pair, channel)
    if windows is None:
        return ()
    means = matched_means(context, pair, channel, _kept(context, pair, windows))
    value, draws = _ordered(context, pair, windows)
    found = [replace(finding, name=ORDER, value=value, draws=draws)]
    if means is not None and means.apart(context.mimicry.hop_s, context.mimicry.window_s) >= MIN_WINDOWS:
        found.append(replace(finding, name=ALONE, value=means.near, draws=means.far))
    return tuple(found)


def _kept(context: Context, pair: tuple[int, int], windows: Windows) -> NDArray[np.bool_]:
    """Whether the others do not smile around a window, nor around the older half of a far one, [H, 1 + S]."""
    apart = alone(context, pair, context.mimicry.window_s)
    rate_hz = context.rate_at(RATE_HZ)
    now = np.rint((context.t_ns - windows.t_ns) * rate_hz / 1e9).astype(np.int64)[:, None]
    then = now + np.rint(np.abs(np.append(0.0, windows.offsets_s)) * rate_hz).astype(np.int64)
    return np.asarray(back(apart, now) & back(apart, then))


def _ordered(context: Context, pair: tuple[int, int], windows: Windows) -> tuple[float, Floats]:
    """Return how one-sidedly the first of the pair moves first, and the same with random signs, [S].

    By their smiles; for signals without movements by the tops of each window's correlations. These reach
    L s of windows, which B s of a block part at times: their variance is 1 / (1 - L / 3B) of the draws'.
    """
    horizon_ns = round(context.mimicry.horizon_s * 1e9)
    at_ns, weight = order(context, pair, context.t_ns - horizon_ns, context.t_ns)
    parted = 0.0
    if not len(at_ns):
        tops = _tops(windows.profiles.astype(np.float64), windows.lags_s)
        at_ns, weight = windows.t_ns[np.isfinite(tops)], tops[np.isfinite(tops)]
        parted = min(1.0, (context.mimicry.window_s + context.mimicry.max_lag_s) * SECOND_NS / BLOCK_NS) / 3
    blocks = -(-horizon_ns // BLOCK_NS) + 1
    total = np.bincount(at_ns // BLOCK_NS % blocks, weight, minlength=blocks)
    signs = np.random.default_rng([context.seed, 2]).choice([-1.0, 1.0], (context.surrogates, blocks))
    return float(total.sum()), np.asarray(signs @ total / np.sqrt(1 - parted))


def _tops(z: Floats, lags_s: Floats) -> Floats:
    """How much higher the top of Z [..., 2L+1] is where the first moves first, [...]."""
    return np.asarray(z[..., lags_s > 0].max(axis=-1) - z[..., lags_s < 0].max(axis=-1))
