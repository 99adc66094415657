"""A finding held against its own draws, before any correction over others.

    p = (1 + #{null > obs} + #{null = obs} / 2) / (S + 1)   (Davison & Hinkley 1997; Lancaster 1961)
    t = (obs - mu) / (sigma sqrt(1 + 1/S))                   (prediction of one more draw)

Without ties p is (1 + #{null >= obs}) / (S + 1). Counts of few events tie with many draws: counting every tie
against the value would test a nominal 5 % at 2 to 4 %.
"""

from dataclasses import dataclass, field

import numpy as np

from edge.arrays import Floats
from edge.measures.findings import NO_DRAWS, Finding
from edge.measures.tails import left_out

MIN_DRAWS = 19  # fewer cannot reach p = .05
FLAT = 1e-9  # a null that does not vary judges nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A finding with its own probabilities."""

    finding: Finding
    mu: float = float("nan")
    sd: float = float("nan")
    z: float = float("nan")
    """Distance in standard deviations of the null."""
    t: float = float("nan")
    """The same as a prediction of one more draw."""
    skew: float = float("nan")
    """Skewness of the draws."""
    draws: int = 0
    """How many draws are measurable, S."""
    apart: Floats = field(default_factory=lambda: NO_DRAWS)
    """Every measurable draw standardised by the others, [S]."""
    p_above: float = float("nan")
    p_below: float = float("nan")
    p_parts: float = 0.0
    """The largest of its parts; 0 without any."""

    @property
    def testable(self) -> bool:
        """Whether there is a value and a null to hold it against."""
        return bool(np.isfinite(self.t))


def judge(finding: Finding) -> Judged:
    """Hold a finding against its own draws."""
    known = moments(finding)
    if known is None:
        return Judged(finding=finding)
    draws, mu, sd = known
    z = (finding.value - mu) / sd
    p_above, p_below = _ranks(finding.value, draws)
    return Judged(
        finding=finding,
        mu=mu,
        sd=sd,
        z=z,
        t=z / float(np.sqrt(1 + 1 / len(draws))),
        skew=float(np.mean(((draws - mu) / sd) ** 3)),
        draws=len(draws),
        apart=left_out(draws),
        p_above=p_above,
        p_below=p_below,
        p_parts=max((rank_p(*part) for part in finding.parts), default=0.0),
    )


def moments(finding: Finding) -> tuple[Floats, float, float] | None:
    """Return the draws that are measurable, their mean and sd; None where there is nothing to judge."""
    draws = finding.draws[np.isfinite(finding.draws)]
    if not np.isfinite(finding.value) or len(draws) < MIN_DRAWS:
        return None
    mu, sd = float(draws.mean()), float(draws.std(ddof=1))
    return (draws, mu, sd) if sd > FLAT * max(1.0, abs(mu)) else None


def rank_p(value: float, draws: Floats) -> float:
    """Probability of a value at least as large among the finite draws, ties counting half."""
    return _ranks(value, draws[np.isfinite(draws)])[0]


def _ranks(value: float, draws: Floats) -> tuple[float, float]:
    """Probability of a value at least as large among finite draws, and of one at most as large."""
    tied = np.abs(draws - value) <= FLAT * max(1.0, abs(value))
    S, ties, larger = len(draws), int(np.count_nonzero(tied)), int(np.count_nonzero((draws > value) & ~tied))
    return (1 + larger + ties / 2) / (S + 1), (1 + S - larger - ties / 2) / (S + 1)
