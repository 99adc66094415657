"""Measure 8, `selective_mirroring`: whether smiles are answered more than frowns and lip movements are."""

from edge.measures.answers import Cells, both_ways
from edge.measures.context import Context
from edge.measures.findings import Finding, Subject
from edge.measures.statistic import Statistic


class SelectiveMirroring(Statistic):
    """Difference of two log rate ratios (affiliative displays are answered: Hess & Fischer 2013).

    S = log IRR(AU12, AU06) - log IRR(AU04, AU09, AU10, AU15, AU24),  SE = sqrt(sum of 1/k over four cells)

    Every count with half an event more, both directions pooled; held against N2. Chance alone must give every
    cell enough events, which meetings rarely do.
    """

    name = "selective_mirroring"
    every_s = 15

    def find(self, context: Context, subject: Subject) -> Finding:
        """Count the answers of one pair to smiles and to the rest."""
        coverage = context.coverage(*subject)
        if not context.ready(*subject):
            return self.nothing(context, subject)
        smile = _both_ways(context, subject, context.roles.smiles, 80)
        other = _both_ways(context, subject, context.roles.contrast, 81)
        n = smile.expected + other.expected
        if not (smile.enough and other.enough):
            return self.nothing(context, subject, n=n)
        return Finding(
            name=self.name,
            subject=subject,
            t_ns=context.t_ns,
            value=smile.log_irr - other.log_irr,
            draws=smile.drawn - other.drawn,
            n=n,
            coverage=coverage,
            extra={
                "se": (smile.variance + other.variance) ** 0.5,
                "log_irr_smile": smile.log_irr,
                "log_irr_contrast": other.log_irr,
            },
        )


def _both_ways(context: Context, subject: Subject, channels: frozenset[str], number: int) -> Cells:
    to_j, to_i = both_ways(context, subject[0], subject[1], channels, number)
    return to_j + to_i
