"""From probabilities to states: the room of a measure first, then its pairs; every measure on its own.

Each tested measure of the table has the same share of the false-discovery rate, q / M, whichever of them run:
what a pair is called depends on no setting but its own measure's. Within a measure a quarter of the share
tests the room; the pairs and persons are corrected at the rest, at the whole share where the room is
rejected or where there is none (Benjamini & Hochberg 1995; Bretz et al. 2009). `below`, which nobody looks
for, has half of the rate of `above`. With nobody coupled, at most q of all recordings have anything above.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from edge.arrays import Floats
from edge.measures.table import Definition
from edge.measures.tails import pooled_tail, student_tail
from edge.measures.verdict import Judged
from edge.records import State

ROOM = 0.25  # of a measure's share: its pairs are many and need more of it (ours)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is said of one subject after the correction."""

    p: float
    """Probability under the null; two-sided for a pair of a signed measure."""
    tail: float
    """The same from the smooth tail that the correction reads."""
    state: State


def verdicts(
    judged: Sequence[Judged], definitions: Mapping[str, Definition], *, alpha: float, fdr_q: float
) -> list[Verdict | None]:
    """State the verdict of every subject in the order given, None where nothing can be tested."""
    found: list[Verdict | None] = [None] * len(judged)
    share = fdr_q / sum(one.tested for one in definitions.values())
    families: dict[str, list[int]] = defaultdict(list)
    for k, one in enumerate(judged):
        if one.testable:
            families[one.finding.name].append(k)
    for name, members in families.items():
        family = [judged[k] for k in members]
        for k, verdict in zip(members, _family(family, definitions[name], alpha, share), strict=True):
            found[k] = verdict
    return found


def benjamini_hochberg(p: Floats, q: float) -> NDArray[np.bool_]:
    """Reject the k smallest p with p_(k) <= k q / m, k the largest such (Benjamini & Hochberg 1995)."""
    order = np.argsort(p)
    passed = np.flatnonzero(p[order] <= q * np.arange(1, len(p) + 1) / max(len(p), 1))
    rejected = np.zeros(len(p), dtype=bool)
    if len(passed):
        rejected[order[: passed[-1] + 1]] = True
    return rejected


def rooms_first(tails: Floats, rooms: NDArray[np.bool_], level: float) -> NDArray[np.bool_]:
    """Reject within one measure: the room at its part of the level, the others at what is then left."""
    rejected = np.zeros(len(tails), dtype=bool)
    both = rooms.any() and not rooms.all()
    rejected[rooms] = tails[rooms] <= (level * ROOM if both else level)
    left = level * (1 - ROOM) if both and not rejected[rooms].any() else level
    rejected[~rooms] = benjamini_hochberg(tails[~rooms], left)
    return rejected


def _family(family: Sequence[Judged], definition: Definition, alpha: float, share: float) -> list[Verdict]:
    """Verdicts of one measure's subjects."""
    above, below = _tails(family)
    p_above, p_below = (np.array([getattr(one, side) for one in family]) for side in ("p_above", "p_below"))
    rooms = np.array([not one.finding.subject for one in family])
    two = ~rooms if definition.signed else np.zeros(len(family), dtype=bool)
    up = p_above <= p_below
    p = np.where(two, np.minimum(1.0, 2 * np.minimum(p_above, p_below)), p_above)
    tail = np.where(two, np.minimum(1.0, 2 * np.minimum(above, below)), above)
    parts = np.array([one.p_parts for one in family])
    away = rooms_first(tail, rooms, share) & (np.maximum(p, parts) <= alpha)
    less = rooms_first(below, rooms, share / 2) & (p_below <= alpha) & ~two
    states: list[State] = [
        ("above" if up[k] or not two[k] else "below") if away[k] else "below" if less[k] else "at_chance"
        for k in range(len(family))
    ]
    return [Verdict(float(p[k]), float(tail[k]), states[k]) for k in range(len(family))]


def _tails(family: Sequence[Judged]) -> tuple[Floats, Floats]:
    """Upper and lower tail of every member: pooled over subjects of a size, the room's from its own draws."""
    above, below = np.empty(len(family)), np.empty(len(family))
    sizes: dict[int, list[int]] = defaultdict(list)
    for k, one in enumerate(family):
        sizes[len(one.finding.subject)].append(k)
    for size, members in sizes.items():
        if size:
            t = np.array([family[k].t for k in members])
            pool = np.concatenate([family[k].apart for k in members])
            above[members], below[members] = pooled_tail(t, pool), pooled_tail(-t, -pool)
            continue
        for k in members:
            one = family[k]
            above[k], below[k] = (student_tail(s * one.t, s * one.skew, one.draws) for s in (1, -1))
    return above, below
