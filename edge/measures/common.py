"""What moves all channels of two faces in the same instant is light or a camera that shakes, not people.

Two people who react to one another, or to one occasion, are apart by a tenth of a second at least, and never
in most of their channels. So where most channels of two faces go together without any lag, what is common is
not theirs, and the measures that read small movements refuse the pair.
"""

import numpy as np

from edge._native.light import correlations, fine
from edge.arrays import Floats
from edge.formulas import MAD_TO_SD
from edge.measures.context import Context
from edge.measures.tails import quantile

MIN_CHANNELS = 6  # fewer do not show what most of a face does (ours)
RATE_HZ = 5.0
SLOW_S = 2.0  # what is slower than that is left out: drifts
CLIP_SD = 2.0  # larger movements weigh no more
QUARTER = 0.25  # of the channels may go together
LIMIT = 1.8  # standard errors that this quarter may exceed: of strangers it is about -.7 (ours)


def unlike(context: Context, *people: int) -> bool:
    """Whether neither any two of these people nor everybody on average move as one in most channels."""
    found = {pair: _beyond_chance(context, pair) for pair in context.pairs}
    own = [one for pair, one in found.items() if set(pair) <= set(people)]
    return max(*own, float(np.mean(list(found.values())))) <= LIMIT


def _beyond_chance(context: Context, pair: tuple[int, int]) -> float:
    """Return `common` of two people in standard errors."""

    def made() -> Floats:
        n = context.n_at(RATE_HZ, *pair)
        x, y = (_fine(context, person)[:, -n:] for person in pair)
        return np.array([common(x, y) * np.sqrt(n)])

    return float(context.memo(("common", pair), made)[0])


def common(x: Floats, y: Floats) -> float:
    """Correlation without lag of x and y [C, N] that three quarters of the channels exceed; 0 of few."""
    r = correlations(x, y)
    r = r[np.isfinite(r)]
    return quantile(r, QUARTER) if len(r) >= MIN_CHANNELS else 0.0


def _fine(context: Context, person: int) -> Floats:
    """Fast and small movement of every channel, in robust sd, clipped, [C, N]."""

    def made() -> Floats:
        x = context.thinned(context.tick.x[person], RATE_HZ)
        return fine(x, round(SLOW_S * context.rate_at(RATE_HZ)), MAD_TO_SD, CLIP_SD)

    return context.memo(("fine", person), made)
