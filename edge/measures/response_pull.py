"""Measure 5, `response_pull`: how much more often the others move right after someone moved."""

import numpy as np

from edge.arrays import overwrite
from edge.measures.answers import cells
from edge.measures.context import Context
from edge.measures.findings import Finding, Subject
from edge.measures.statistic import Statistic

Z95 = 1.96


class ResponsePull(Statistic):
    """Incidence-rate ratio of answers (survival view of smile spread: Fairbairn et al. 2015).

    log IRR_i->j = ln[(k1/T1)/(k0/T0)],  k1 = onsets of j inside (t_i + .2, t_i + 4] s after any onset of i,
    T1 that exposure, k0 and T0 the rest, each count with half an event more;  CI +- 1.96 sqrt(1/k1 + 1/k0)

    A person's pull is the mean over the others j, weighted by the inverse variance that chance would give:
    neither who is judged nor who weighs most depends on who answered. Held against N2 (answers anywhere
    within their own 10 s), since a shared context inflates it.
    """

    name = "response_pull"
    every_s = 10
    directed = True

    def __init__(self) -> None:
        super().__init__()
        self._people: list[Finding] = []

    def find(self, context: Context, subject: Subject) -> Finding:
        """Count the answers of one directed pair."""
        i, j = subject
        coverage = context.coverage(i, j)
        if not context.ready(i, j):
            return self.nothing(context, subject)
        table = cells(context, i, j, context.roles.macro, 5)
        if not table.enough:
            return self.nothing(context, subject, n=table.expected)
        half = Z95 * table.variance**0.5
        return Finding(
            name=self.name,
            subject=subject,
            t_ns=context.t_ns,
            value=table.log_irr,
            draws=table.drawn,
            n=table.expected,
            coverage=coverage,
            extra={
                "low": table.log_irr - half,
                "high": table.log_irr + half,
                "variance": table.variance,
                "chance_variance": table.chance_variance,
            },
        )

    def update(self, context: Context) -> None:
        """Count for every directed pair that is due, pool for every person."""
        super().update(context)
        self._people = [self._pull(context, person) for person in context.people]

    def result(self) -> list[Finding]:
        """One finding for every directed pair and for every person."""
        return [*super().result(), *self._people]

    def wipe(self) -> None:
        """Overwrite and drop every finding, of pairs and of persons."""
        super().wipe()
        overwrite(*(finding.draws for finding in self._people))
        self._people = []

    def _pull(self, context: Context, person: int) -> Finding:
        """Inverse-variance mean over everybody who can answer this person."""
        own = [f for f in super().result() if f.subject[0] == person and np.isfinite(f.value)]
        if not own:
            return Finding(name=self.name, subject=(person,), t_ns=context.t_ns)
        weights = np.array([1 / (f.extra["chance_variance"] or 1.0) for f in own])
        return Finding(
            name=self.name,
            subject=(person,),
            t_ns=max(f.t_ns for f in own),
            value=float(np.average([f.value for f in own], weights=weights)),
            draws=np.average([f.draws for f in own], axis=0, weights=weights),
            n=sum(f.n for f in own),
            coverage=float(np.mean([f.coverage for f in own])),
            extra={"chance_variance": float(1 / weights.sum()), "others": float(len(own))},
        )
