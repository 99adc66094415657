"""From pairs to the room: the median over valid pairs with its bootstrap interval; never a ranking."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from edge._native.tails import student_below
from edge.arrays import Floats
from edge.measures.findings import Finding
from edge.measures.table import BY_NAME
from edge.measures.verdict import Judged, judge

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
        if _people(group) >= MIN_PEOPLE
    ]


def mimicry_index(judged: Sequence[Judged], t_ns: int) -> Judged:
    """Place of the pooled `expression_synchrony` under its own null, 0..1, .5 at chance.

    The statistic of every pair is divided by the spread of its own draws and pooled by the mean over pairs.
    The pooled distance is what is judged; its place in the t distribution of the equally pooled draws is what
    is published, since a rank among ranks cannot be far out.
    """
    pairs = [
        one for one in judged if one.finding.name == "expression_synchrony" and one.testable and one.sd > 0.0
    ]
    nothing = Judged(finding=Finding(name="mimicry_index", subject=(), t_ns=t_ns))
    if _people([one.finding for one in pairs]) < MIN_PEOPLE:
        return nothing
    pooled = judge(
        Finding(
            name="mimicry_index",
            subject=(),
            t_ns=t_ns,
            value=float(np.mean([(one.finding.value - one.mu) / one.sd for one in pairs])),
            draws=_pooled([(one.finding.draws - one.mu) / one.sd for one in pairs], np.mean),
            n=float(np.mean([one.finding.n for one in pairs])),
            coverage=float(np.mean([one.finding.coverage for one in pairs])),
        )
    )
    return _placed(pooled) if pooled.testable else nothing


def _placed(pooled: Judged) -> Judged:
    """Return the same verdict with value and null as places under the draws, 0..1."""
    draws = pooled.finding.draws
    kept = draws[np.isfinite(draws)]
    places = np.array([_place(draw, kept) for draw in kept])
    finding = replace(pooled.finding, value=_place(pooled.finding.value, kept), draws=places)
    return replace(pooled, finding=finding, mu=float(places.mean()), sd=float(places.std(ddof=1)))


def _place(value: float, draws: Floats) -> float:
    """Value under the t distribution predicted by the draws, 0..1."""
    S = len(draws)
    return float(student_below(S - 1, (value - draws.mean()) / (draws.std(ddof=1) * np.sqrt(1 + 1 / S))))


def _people(findings: Sequence[Finding]) -> int:
    """Count the different people in these pairs."""
    return len({person for finding in findings for person in finding.subject})


def _median(name: str, group: Sequence[Finding], t_ns: int, seed: int) -> Finding:
    """Median over pairs with the 95 % percentile interval of a bootstrap over pairs."""
    # which of two people has the lower number is arbitrary, and so is the sign
    size = np.abs if BY_NAME[name].signed else np.asarray
    values = size(np.array([finding.value for finding in group]))
    rng = np.random.default_rng([seed, len(values)])
    resampled = np.median(values[rng.integers(0, len(values), (RESAMPLES, len(values)))], axis=1)
    low, high = np.quantile(resampled, [0.025, 0.975])
    return Finding(
        name=name,
        subject=(),
        t_ns=t_ns,
        value=float(np.median(values)),
        draws=_pooled([size(finding.draws) for finding in group], np.median),
        n=float(np.mean([finding.n for finding in group])),
        coverage=float(np.mean([finding.coverage for finding in group])),
        extra={"low": float(low), "high": float(high), "pairs": float(len(values))},
    )


def _pooled(draws: Sequence[Floats], pool: Callable[..., Floats]) -> Floats:
    """Pool draw k of every pair; NaN where any pair lacks it."""
    count = min(len(one) for one in draws)
    return pool(np.stack([one[:count] for one in draws]), axis=0)
