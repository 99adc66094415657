"""From pairs to the room: the median over valid pairs with its bootstrap interval; never a ranking."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from edge.arrays import Floats
from edge.measures.findings import Finding, Part
from edge.measures.table import BY_NAME
from edge.measures.tails import quantile
from edge.measures.verdict import Judged, judge, rank_p

RESAMPLES = 200
MIN_PEOPLE = 3  # below, the room's value would be a pair's value


def room(judged: Sequence[Judged], t_ns: int, seed: int) -> list[Judged]:
    """One finding for the room and every measure that was testable in a pair, of at least three people.

    The value is the median over pairs, the null the median over pairs draw by draw, so pairs that share a
    person stay dependent under the null as they are in the value.
    """
    groups: dict[str, list[Finding]] = defaultdict(list)
    for one in judged:
        if one.testable and len(one.finding.subject) == 2:
            groups[one.finding.name].append(one.finding)
    return [
        judge(_median(name, group, t_ns, seed))
        for name, group in groups.items()
        if people(group) >= MIN_PEOPLE
    ]


def people(findings: Sequence[Finding]) -> int:
    """Count the different people in these pairs."""
    return len({person for finding in findings for person in finding.subject})


def _median(name: str, group: Sequence[Finding], t_ns: int, seed: int) -> Finding:
    """Median over pairs with the 95 % percentile interval of a bootstrap over pairs."""
    # which of two people has the lower number is arbitrary, and so is the sign
    size = np.abs if BY_NAME[name].signed else np.asarray
    values = size(np.array([finding.value for finding in group]))
    resampled = np.median(values[_resamples(seed, len(values))], axis=1)
    return Finding(
        name=name,
        subject=(),
        t_ns=t_ns,
        value=float(np.median(values)),
        draws=pooled([size(finding.draws) for finding in group], np.median),
        parts=_weaker([finding.parts for finding in group if finding.parts]),
        n=float(np.mean([finding.n for finding in group])),
        coverage=float(np.mean([finding.coverage for finding in group])),
        extra={
            "low": quantile(resampled, 0.025),
            "high": quantile(resampled, 0.975),
            "pairs": float(len(values)),
        },
    )


@lru_cache(maxsize=64)
def _resamples(seed: int, count: int) -> NDArray[np.int64]:
    """Return which pairs each resample of the bootstrap draws, [RESAMPLES, count]."""
    drawn = np.random.default_rng([seed, count]).integers(0, count, (RESAMPLES, count))
    drawn.flags.writeable = False
    return drawn


def _weaker(parts: Sequence[tuple[Part, ...]]) -> tuple[Part, ...]:
    """Median over pairs of each one's weakest part: the room's one part, if pairs have any."""
    weakest = [max(those, key=lambda part: rank_p(*part)) for those in parts]
    if not weakest:
        return ()
    return (
        (float(np.median([value for value, _ in weakest])), pooled([one for _, one in weakest], np.median)),
    )


def pooled(draws: Sequence[Floats], pool: Callable[..., Floats]) -> Floats:
    """Pool draw k of every pair."""
    count = min(len(one) for one in draws)
    return pool(np.stack([one[:count] for one in draws]), axis=0)
