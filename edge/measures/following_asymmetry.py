"""Measure 13, `following_asymmetry`: which of two people answers the other more."""

import numpy as np

from edge.measures.answers import both_ways
from edge.measures.context import Context
from edge.measures.findings import Finding, Subject
from edge.measures.statistic import Statistic


class FollowingAsymmetry(Statistic):
    """Standardised difference of the two directed rate ratios of measure 5.

    AMI_ij = (log IRR_j->i - log IRR_i->j) / sqrt(1/k1 + 1/k0 + 1/k1' + 1/k0')

    Every count with half an event more. > 0: i follows j more than the reverse. `extra` carries the bounded
    tanh(AMI/2). Both directions are counted in the same draws of N2; chance alone must give every cell enough
    events.
    """

    name = "following_asymmetry"
    every_s = 10

    def find(self, context: Context, subject: Subject) -> Finding:
        """Count both directions of one pair."""
        i, j = subject
        coverage = context.coverage(i, j)
        if not context.ready(i, j):
            return self.nothing(context, subject)
        to_j, to_i = both_ways(context, i, j, context.roles.macro, 13)
        n = to_i.expected + to_j.expected
        if not (to_i.enough and to_j.enough):
            return self.nothing(context, subject, n=n)
        value = (to_i.log_irr - to_j.log_irr) / (to_i.variance + to_j.variance) ** 0.5
        spread = np.sqrt(to_i.drawn_variance + to_j.drawn_variance)
        return Finding(
            name=self.name,
            subject=subject,
            t_ns=context.t_ns,
            value=value,
            draws=(to_i.drawn - to_j.drawn) / spread,
            n=n,
            coverage=coverage,
            extra={"bounded": float(np.tanh(value / 2))},
        )
