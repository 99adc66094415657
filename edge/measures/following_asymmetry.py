"""Measure 13, `following_asymmetry`: which of two people answers the other more."""

import numpy as np

from edge.measures.answers import both_ways
from edge.measures.context import Context
from edge.measures.findings import Finding, Subject
from edge.measures.rota import Rota

NAME = "following_asymmetry"


class FollowingAsymmetry:
    """Standardised difference of the two directed rate ratios of measure 5.

    AMI_ij = (log IRR_j->i - log IRR_i->j) / sqrt(1/k1 + 1/k0 + 1/k1' + 1/k0')

    > 0: i follows j more than the reverse. `extra` carries the bounded tanh(AMI/2). Both directions are
    counted in the same draws of N2; every cell needs five events.
    """

    name = NAME
    every_s = 10

    def __init__(self) -> None:
        self._rota = Rota(self.every_s)

    def update(self, context: Context) -> None:
        """Count for every pair that is due."""
        self._rota.update(context, context.pairs, _finding)

    def result(self) -> list[Finding]:
        """One finding for every unordered pair (i, j), i < j."""
        return self._rota.findings


def _finding(context: Context, subject: Subject) -> Finding:
    i, j = subject
    coverage = context.coverage(i, j)
    if not context.ready(i, j):
        return Finding(name=NAME, subject=subject, t_ns=context.t_ns, coverage=coverage)
    to_j, to_i = both_ways(context, i, j, context.roles.macro, 13)
    n = to_i.k1 + to_j.k1
    if not (to_i.enough and to_j.enough):
        return Finding(name=NAME, subject=subject, t_ns=context.t_ns, n=n, coverage=coverage)
    value = (to_i.log_irr - to_j.log_irr) / (to_i.variance + to_j.variance) ** 0.5
    spread = np.sqrt(to_i.drawn_variance + to_j.drawn_variance)
    return Finding(
        name=NAME,
        subject=subject,
        t_ns=context.t_ns,
        value=value,
        draws=(to_i.drawn - to_j.drawn) / spread,
        n=n,
        coverage=coverage,
        extra={"bounded": float(np.tanh(value / 2))},
    )
