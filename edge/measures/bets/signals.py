"""What the continuous measures bet on: a statistic of the newest block and of far ones, near first, [S + 1].

Empty while two people's common time is too short for far blocks.
"""

from edge.arrays import Floats
from edge.measures.bets.blocks import NONE, laid, offsets_n, peak
from edge.measures.context import Context
from edge.measures.findings import Subject


def synchrony(context: Context, subject: Subject, block_s: float) -> Floats:
    """Measure 2: the largest Fisher z within the fast lags."""
    i, j = subject
    n, lags = (round(s * context.rate_hz) for s in (block_s, context.mimicry.max_lag_s))
    offsets = offsets_n(context, n + 2 * lags, 1, i, j)
    if not len(offsets):
        return NONE
    x, y = (context.tick.x[person][context.roles.smile] for person in (i, j))
    return peak(laid(x, n, -offsets, lag_n=lags), laid(y, n + 2 * lags, offsets))
