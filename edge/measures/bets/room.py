"""What the room's index bets on: what goes beyond the moments that everybody shares (see `beyond`).

Two bets on every block, side by side: on the peaks of the pairs whose others do not smile meanwhile, ranked
among those of far blocks; and on who moves first, each pair weighed by the order that its earlier blocks
showed. Who reacts to shared occasions on their own is as often first as last, so with the weights fixed
before the block its order O is symmetric, and e_b = exp(b O) / cosh(b O) has expectation 1.
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from edge.arrays import Floats, overwrite
from edge.measures.aggregate import MIN_PEOPLE
from edge.measures.bets.answers import SETTLE_NS
from edge.measures.bets.blocks import EFFECTS, NONE, back_n
from edge.measures.context import Context
from edge.measures.findings import Subject
from edge.measures.index import known_sum
from edge.measures.occasions import RATE_HZ, alone, back
from edge.measures.order import order

LIMIT = 3.0  # standard errors at which a pair's order weighs no more (ours)


class Orders:
    """Who of every pair has moved first so far, and how sure that is."""

    def __init__(self) -> None:
        self._sums: dict[Subject, Floats] = {}
        self._scale = np.zeros(2)

    def wipe(self) -> None:
        """Overwrite and drop everything."""
        overwrite(self._scale, *self._sums.values())
        self._sums.clear()

    def keep(self, people: tuple[int, ...]) -> None:
        """Drop the pairs of who has left."""
        self._sums = {pair: one for pair, one in self._sums.items() if set(pair) <= set(people)}

    def bets(self, found: Mapping[Subject, float]) -> Floats:
        """Return ln e of every effect for the orders of one block, and learn from them, [K]."""
        total = float(sum(self._weight(pair) * value for pair, value in found.items()))
        spread = float(np.sqrt(self._scale[1] / self._scale[0])) if self._scale[0] else 0.0
        self._learn(found, total)
        b = EFFECTS * total / spread if spread > 0.0 else np.zeros(len(EFFECTS))
        return np.asarray(np.log(2.0) - np.logaddexp(0.0, -2.0 * b))

    def _weight(self, pair: Subject) -> float:
        """Sum over root of the sum of squares of a pair's earlier orders, within limits."""
        sums = self._sums.get(pair)
        if sums is None or not sums[1] > 0.0:
            return 0.0
        return float(np.clip(sums[0] / np.sqrt(sums[1]), -LIMIT, LIMIT))

    def _learn(self, found: Mapping[Subject, float], total: float) -> None:
        for pair, value in found.items():
            self._sums[pair] = self._sums.get(pair, np.zeros(2)) + np.array([value, value**2])
        self._scale += (float(total != 0.0), total**2)


def first_mover(context: Context, pair: Subject, block_s: float) -> float:
    """How one-sidedly the first of the pair smiled first in the newest block whose movements are known."""
    end_ns = context.t_ns - SETTLE_NS
    return float(order(context, pair, end_ns - round(block_s * 1e9), end_ns)[1].sum())


def pooled(context: Context, values: Mapping[Subject, Floats], block_s: float) -> Floats:
    """Return the pairs' sum, each in units of its own spread, where the others do not smile, [S + 1].

    At least three people. Only pairs that look equally far back are pooled: their far blocks match.
    """
    longest = max((len(one) for one in values.values()), default=0)
    kept = {
        pair: np.where(_apart(context, pair, block_s), one, np.nan)
        for pair, one in values.items()
        if len(one) == longest
    }
    pairs = [one for one in kept.values() if np.isfinite(one[:1]).any()]
    if len({person for pair in kept for person in pair}) < MIN_PEOPLE or not pairs:
        return NONE
    stack = np.stack(pairs)
    count = np.maximum(np.isfinite(stack).sum(axis=1, keepdims=True), 1)
    away = stack - np.nansum(stack, axis=1, keepdims=True) / count
    spread = np.sqrt(np.nansum(away**2, axis=1, keepdims=True) / count)
    return known_sum(away / np.where(spread > 0.0, spread, np.nan))


def _apart(context: Context, pair: Subject, block_s: float) -> NDArray[np.bool_]:
    """Whether the others do not smile around the newest block, and around each older one, [S + 1]."""
    n, lags = (round(s * context.rate_hz) for s in (block_s, context.mimicry.max_lag_s))
    ago_s = np.append(0, back_n(context, n + 2 * lags, 1, *pair)) / context.rate_hz
    quiet = back(
        alone(context, (pair[0], pair[1]), block_s),
        np.rint(ago_s * context.rate_at(RATE_HZ)).astype(np.int64),
    )
    return np.asarray(quiet & quiet[:1])
