"""Measure 8, `selective_mirroring`: whether smiles are answered more than frowns and lip movements are."""

from edge.measures.answers import Cells, both_ways
from edge.measures.context import Context
from edge.measures.findings import Finding, Subject
from edge.measures.rota import Rota

NAME = "selective_mirroring"


class SelectiveMirroring:
    """Difference of two log rate ratios (affiliative displays are answered: Hess & Fischer 2013).

    S = log IRR(AU12, AU06) - log IRR(AU04, AU09, AU10, AU15, AU24),  SE = sqrt(sum of 1/k over four cells)

    Both directions pooled; held against N2. All four cells need five events, which meetings rarely give.
    """

    name = NAME
    every_s = 15

    def __init__(self) -> None:
        self._rota = Rota(self.every_s)

    def update(self, context: Context) -> None:
        """Count for every pair that is due."""
        self._rota.update(context, context.pairs, _finding)

    def result(self) -> list[Finding]:
        """One finding for every unordered pair."""
        return self._rota.findings


def _finding(context: Context, subject: Subject) -> Finding:
    coverage = context.coverage(*subject)
    if not context.ready(*subject):
        return Finding(name=NAME, subject=subject, t_ns=context.t_ns, coverage=coverage)
    smile = _both_ways(context, subject, context.roles.smiles, 80)
    other = _both_ways(context, subject, context.roles.contrast, 81)
    n = smile.k1 + other.k1
    if not (smile.enough and other.enough):
        return Finding(name=NAME, subject=subject, t_ns=context.t_ns, n=n, coverage=coverage)
    return Finding(
        name=NAME,
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
