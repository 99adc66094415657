"""Coincidence of events: counts over sorted event times in integer nanoseconds.

Throughout: a are the events that come first, b those that may follow, both sorted ascending (duplicates
allowed), and "followed" means that some b lies in the half-open interval (a + tau, a + tau + width]. For the
closed interval [a + tau, a + tau + width] of Donges et al. 2016 pass tau - 1 and width + 1.

The `*_draws` functions answer the same for many altered copies of b in one call (null hypotheses): row k of
`offsets` is added to b, then wrapped into [start, start + length) when `length` > 0, then sorted. A constant
row is a far-lag shift (N1), a random one an interval jitter (N2).
"""

import numpy as np
from numpy.typing import NDArray

def triggered(a: NDArray[np.int64], b: NDArray[np.int64], tau: int, width: int) -> int:
    """Count the a that are followed by a b: trigger coincidences; the rate is this over len(a).

    Parameters
    ----------
    a, b : ndarray of int64 [n], [m]
        Event times, ns, ascending.
    tau : int
        Shortest response, ns, excluded (may be negative).
    width : int
        Length of the response interval, ns, >= 0.

    Raises
    ------
    ValueError
        If times are not ascending or width is negative.
    """

def responses(a: NDArray[np.int64], b: NDArray[np.int64], tau: int, width: int) -> int:
    """Count the b that follow an a, each counted once: precursor coincidences, k1 of an incidence rate."""

def exposure(a: NDArray[np.int64], tau: int, width: int, start: int, end: int) -> int:
    """Measure the union of (a + tau, a + tau + width] inside (start, end], ns: T1 of an incidence rate."""

def delays(
    a: NDArray[np.int64], b: NDArray[np.int64], tau: int, width: int, out: NDArray[np.int64] | None = None
) -> NDArray[np.int64]:
    """Delay of the first b in (a + tau, a + tau + width] for every a, ns, int64 [n]; -1 where none follows.

    With tau < -1 a real delay may be -1 too: ask for tau >= -1.
    """

def triggered_draws(
    a: NDArray[np.int64],
    b: NDArray[np.int64],
    tau: int,
    width: int,
    offsets: NDArray[np.int64],
    *,
    start: int = 0,
    length: int = 0,
) -> NDArray[np.int64]:
    """`triggered` for every altered copy of b: offsets int64 [S, m] in ns, counts int64 [S]."""

def responses_draws(
    a: NDArray[np.int64],
    b: NDArray[np.int64],
    tau: int,
    width: int,
    offsets: NDArray[np.int64],
    *,
    start: int = 0,
    length: int = 0,
) -> NDArray[np.int64]:
    """`responses` for every altered copy of b: offsets int64 [S, m] in ns, counts int64 [S]."""

def delays_draws(
    a: NDArray[np.int64],
    b: NDArray[np.int64],
    tau: int,
    width: int,
    offsets: NDArray[np.int64],
    *,
    start: int = 0,
    length: int = 0,
) -> NDArray[np.int64]:
    """`delays` for every altered copy of b: offsets int64 [S, m] in ns, delays int64 [S, n]."""
