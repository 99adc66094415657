"""Tails as far out as a correction reads them, from draws that are too few to show them.

Draw k of a subject, standardised by its other draws,

    t_k = (d_k - mu_-k) / (sigma_-k sqrt(1 + 1/(S - 1))),

is distributed under the null as the observed t = (obs - mu) / (sigma sqrt(1 + 1/S)) is, whatever the shape
of the null. Pairs of one measure share a shape, so their t_k are pooled. Beyond the highest tenth, u, the
tail is the exponential one predicted from the m excesses over u, of mean xbar:

    P(T > t) = (m + 1)/(N + 1) (1 + (t - u)/(m xbar))^-m

The room has one set of draws, of a mean or a median over pairs: its tail is Student's, or Pearson III
(Wilson & Hilferty 1931; Kite 1977) where the draws are skewed towards it.
"""

import math

import numpy as np

from edge._native.tails import student_below
from edge.arrays import Floats

SHARE, LEAST = 0.1, 5  # of the pooled draws that the tail is predicted from, and how many at least (ours)
MIN_EXCESS_SD = 0.25  # a normal tail has .4 to .5: equal counts at the top are no steep tail (ours)


def left_out(draws: Floats) -> Floats:
    """Every finite draw standardised by the others, [S]."""
    d = draws[np.isfinite(draws)]
    S, apart = len(d), d - d.mean()
    mean = -apart / (S - 1)
    variance = ((S - 1) * d.var(ddof=1) - apart**2 * S / (S - 1)) / (S - 2)
    return np.asarray((apart - mean) / np.sqrt(np.maximum(variance, 1e-12) * (1 + 1 / (S - 1))))


def pooled_tail(t: Floats, pool: Floats) -> Floats:
    """P(T > t) under the pooled standardised draws, [n]: their share, and beyond the highest tenth a tail."""
    ordered = np.sort(pool)
    N = len(ordered)
    m = max(LEAST, round(SHARE * N))
    u = ordered[-m - 1]
    xbar = max(float((ordered[-m:] - u).mean()), MIN_EXCESS_SD)
    beyond = (m + 1) / (N + 1) * (1 + np.maximum(t - u, 0.0) / (m * xbar)) ** -m
    larger = N - np.searchsorted(ordered, t, side="right")
    return np.where(t > u, beyond, (1 + larger) / (N + 1))


def student_tail(t: float, skew: float, S: int) -> float:
    """P(T > t) for the prediction of one more draw after S, less far out where they are skewed towards it."""
    return float(student_below(S - 1, -_unskewed(t, skew)))


def quantile(x: Floats, q: float) -> float:
    """Return a quantile of few finite numbers, linear between neighbours; NumPy's takes ten times as long."""
    ordered: list[float] = np.sort(x).tolist()
    at = q * (len(ordered) - 1)
    low, high = ordered[math.floor(at)], ordered[math.ceil(at)]
    return low + (high - low) * (at - math.floor(at))


def _unskewed(k: float, g: float) -> float:
    """Distance as it would be under a normal null, never larger: 6/g ((g k / 2 + 1)^(1/3) - 1) + g/6."""
    if g <= 0.0:
        return k
    return min(k, 6 / g * (float(np.cbrt(max(g * k / 2 + 1, 0.0))) - 1) + g / 6)
