"""Who is computed when: every subject in its own second of the rhythm, the last finding kept in between."""

from collections.abc import Callable, Sequence

from edge.measures.context import Context
from edge.measures.findings import Finding, Subject


class Rota:
    """Spreads the subjects of one measure over `every_s` seconds; all of them when the end is asked for."""

    def __init__(self, every_s: int) -> None:
        self._every_s = every_s
        self._findings: dict[Subject, Finding] = {}

    @property
    def findings(self) -> list[Finding]:
        """The latest finding of every present subject."""
        return list(self._findings.values())

    def update(
        self, context: Context, subjects: Sequence[Subject], find: Callable[[Context, Subject], Finding]
    ) -> None:
        """Compute the subjects that are due, drop the ones that are gone."""
        second = context.t_ns // 1_000_000_000
        self._findings = {
            subject: find(context, subject)
            if context.final or subject not in self._findings or (second + k) % self._every_s == 0
            else self._findings[subject]
            for k, subject in enumerate(subjects)
        }
