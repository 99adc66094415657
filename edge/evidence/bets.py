"""Bets against a null: one look becomes an e-value whose expectation is exactly 1 when the null holds.

Both kinds compare what was observed with what might have been observed instead, the observed one included.
Under the null every one of these outcomes is equally likely, so any weights divided by their mean are an
e-value (Vovk & Wang 2021; Ramdas et al. 2023). A bet is made for each of several sizes of an effect at once.
"""

import math
from collections.abc import Sequence
from functools import lru_cache
from statistics import NormalDist

import numpy as np

from edge.arrays import Floats

TIE = 1e-12  # of the largest size: values nearer than this share their rank


def tilted(log_ratios: Floats) -> Floats:
    """Return log e of every effect: L_0 - ln mean_g exp(L_g), [K].

    `log_ratios` are log likelihood ratios of the effects against chance: L_0 of what was observed, L_1 ..
    L_G-1 of the same behaviour at other times of its cell, [K, G].
    """
    return np.asarray(log_ratios[:, 0] - _log_mean(log_ratios))


def ranked(values: Floats, effects: Floats) -> Floats:
    """Return log e of every effect b from the rank of values[0] among all finite values, [K].

    e = w_b(rank) / mean w_b,  w_b(r) = exp(b Phi^-1((r - 1/2) / n)): the likelihood ratio of a normal that is
    moved by b standard deviations, in ranks. Tied values share the mean weight of their ranks. 0 (no bet)
    where values[0] is missing or there is nothing to compare it with.
    """
    n = int(np.isfinite(values).sum())
    if n < 2 or not np.isfinite(values[0]):
        return np.zeros(len(effects))
    others = values[1:][np.isfinite(values[1:])]
    tie = TIE * max(1.0, float(np.abs(values[np.isfinite(values)]).max()))
    below = int(np.count_nonzero(others < values[0] - tie))
    above = int(np.count_nonzero(others > values[0] + tie))
    places = np.multiply.outer(effects, normal_places(n))
    return _log_mean(places[:, below : n - above]) - _log_mean(places)


@lru_cache(maxsize=64)
def normal_places(n: int) -> Floats:
    """Return Phi^-1((r - 1/2) / n) of the ranks r = 1 .. n."""
    normal = NormalDist()
    places = np.array([normal.inv_cdf((r + 0.5) / n) for r in range(n)])
    places.flags.writeable = False
    return places


def log_mean_exp(x: Sequence[float]) -> float:
    """Return ln of the mean of exp(x), of a few numbers."""
    top = max(x)
    if not math.isfinite(top):
        return top
    return top + math.log(sum(math.exp(one - top) for one in x) / len(x))


def _log_mean(exponents: Floats) -> Floats:
    """Ln of the mean of exp over the last axis, [K]."""
    top = exponents.max(axis=1)
    return np.asarray(top + np.log(np.exp(exponents - top[:, None]).mean(axis=1)))
