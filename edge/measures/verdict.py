"""From a finding to a measure: p, the false-discovery correction over all subjects and measures, the state.

    p      = (1 + #{null > obs} + #{null = obs} / 2) / (S + 1)   (Davison & Hinkley 1997; Lancaster 1961)
    tail p = P(t_{S-1} >= k),  k = (obs - mu) / (sigma sqrt(1 + 1/S))   (prediction of one more draw)
    k'     = min(k, 6/g ((g k / 2 + 1)^(1/3) - 1) + g/6) where the draws have a skewness g > 0 towards obs

Without ties this is (1 + #{null >= obs}) / (S + 1). Counts of few events tie with many draws: counting
every tie against the value would test a nominal 5 % at 2 to 4 %.

S draws cannot resolve the small p that a correction over hundreds of tests asks for, a smooth tail alone
trusts the shape of the null: k' is its Pearson III form (Wilson & Hilferty 1931; Kite 1977), with g a
standard error below the measured one. So `above` needs both: the tail p rejected by Benjamini-Hochberg
(1995) at q, and the rank p at most alpha. `below` is the same on the other side.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from edge._native.tails import student_below
from edge.arrays import Floats
from edge.measures.findings import Finding
from edge.measures.table import Definition
from edge.records import Measure, Null, State

MIN_DRAWS = 19  # fewer cannot reach p = .05
FLAT = 1e-9  # a null that does not vary judges nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A finding with its own probabilities, before the correction over the others."""

    finding: Finding
    mu: float = float("nan")
    sd: float = float("nan")
    z: float = float("nan")
    p_above: float = float("nan")
    p_below: float = float("nan")
    tail_above: float = float("nan")
    tail_below: float = float("nan")

    @property
    def testable(self) -> bool:
        """Whether there is a value and a null to hold it against."""
        return bool(np.isfinite(self.tail_above))


def judge(finding: Finding) -> Judged:
    """Hold a finding against its own draws."""
    draws = finding.draws[np.isfinite(finding.draws)]
    if not np.isfinite(finding.value) or len(draws) < MIN_DRAWS:
        return Judged(finding=finding)
    mu, sd = float(draws.mean()), float(draws.std(ddof=1))
    if not sd > FLAT * max(1.0, abs(mu)):
        return Judged(finding=finding)
    S = len(draws)
    t = (finding.value - mu) / (sd * np.sqrt(1 + 1 / S))
    skew = float(np.mean(((draws - mu) / sd) ** 3))
    return Judged(
        finding=finding,
        mu=mu,
        sd=sd,
        z=(finding.value - mu) / sd,
        p_above=rank_p(finding.value, draws),
        p_below=rank_p(-finding.value, -draws),
        tail_above=float(student_below(S - 1, -_unskewed(t, skew, S))),
        tail_below=float(student_below(S - 1, -_unskewed(-t, -skew, S))),
    )


def _unskewed(k: float, skew: float, S: int) -> float:
    """Distance as it would be under a normal null, never larger, for draws with a long tail towards it."""
    g = skew - float(np.sqrt(6 / S))
    if g <= 0.0:
        return k
    return min(k, 6 / g * (float(np.cbrt(max(g * k / 2 + 1, 0.0))) - 1) + g / 6)


def rank_p(value: float, draws: Floats) -> float:
    """Probability of a value at least as large among the finite draws, ties counting half."""
    draws = draws[np.isfinite(draws)]
    ties = np.abs(draws - value) <= FLAT * max(1.0, abs(value))
    return float(1 + np.count_nonzero((draws > value) & ~ties) + 0.5 * ties.sum()) / (len(draws) + 1)


def benjamini_hochberg(p: Floats, q: float) -> NDArray[np.bool_]:
    """Reject the k smallest p with p_(k) <= k q / m, k the largest such (Benjamini & Hochberg 1995)."""
    order = np.argsort(p)
    passed = np.flatnonzero(p[order] <= q * np.arange(1, len(p) + 1) / max(len(p), 1))
    rejected = np.zeros(len(p), dtype=bool)
    if len(passed):
        rejected[order[: passed[-1] + 1]] = True
    return rejected


def conclude(
    judged: Sequence[Judged], definitions: dict[str, Definition], *, alpha: float, fdr_q: float
) -> list[Measure]:
    """Correct over everything testable and state the verdicts."""
    tested = [k for k, one in enumerate(judged) if one.testable]
    above = benjamini_hochberg(np.array([judged[k].tail_above for k in tested]), fdr_q)
    below = benjamini_hochberg(np.array([judged[k].tail_below for k in tested]), fdr_q)
    states: list[State] = ["insufficient"] * len(judged)
    for at, k in enumerate(tested):
        states[k] = "at_chance"
        if above[at] and max((judged[k].p_above, *judged[k].finding.parts_p)) <= alpha:
            states[k] = "above"
        elif below[at] and judged[k].p_below <= alpha:
            states[k] = "below"
    return [
        measure(one, definitions[one.finding.name], state) for one, state in zip(judged, states, strict=True)
    ]


def measure(judged: Judged, definition: Definition, state: State) -> Measure:
    """Write one verdict as the record that is published; a value without a verdict is None."""
    finding = judged.finding
    measurable = bool(np.isfinite(finding.value)) and (judged.testable or not definition.tested)
    share = min(1.0, finding.n / definition.n_required)
    return Measure(
        name=finding.name,
        subject=finding.subject,
        t_ns=finding.t_ns,
        value=finding.value if measurable else None,
        unit=definition.unit,
        null=Null(mu=judged.mu, sd=judged.sd) if judged.testable else None,
        p=judged.p_above if judged.testable else None,
        n=finding.n,
        coverage=finding.coverage,
        confidence=finding.coverage * share if measurable else 0.0,
        state="at_chance" if measurable and not definition.tested else state,
        lag_s=finding.lag_s if measurable else None,
        extra={**finding.extra, **_tails(judged)} if measurable else {},
    )


def _tails(judged: Judged) -> dict[str, float | None]:
    """Give the standardised value and the smooth probability."""
    return {"z": judged.z, "p_tail": judged.tail_above} if judged.testable else {}
