"""What every measure does: each subject in its own second of the rhythm, the last finding kept in between."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import ClassVar

from edge.arrays import overwrite
from edge.measures.context import Context
from edge.measures.findings import Finding, Subject
from edge.records import Reason


class Statistic(ABC):
    """One measure: updated every hop, asked for what it found.

    The subjects are spread over `every_s` seconds; all of them are computed when the end is asked for.
    """

    name: ClassVar[str]
    """Published name."""
    every_s: ClassVar[int]
    """Time after which one subject is computed again, s."""
    directed: ClassVar[bool] = False
    """Whether (i, j) and (j, i) are two subjects."""

    def __init__(self) -> None:
        self._findings: dict[Subject, Finding] = {}

    def subjects(self, context: Context) -> Sequence[Subject]:
        """Whom the measure is about: every pair by default."""
        return context.directed if self.directed else context.pairs

    @abstractmethod
    def find(self, context: Context, subject: Subject) -> Finding:
        """Compute one subject; a value of NaN where it is not measurable."""

    def nothing(
        self, context: Context, subject: Subject, n: float = 0.0, reason: Reason = "too_few"
    ) -> Finding:
        """Return the finding of a subject that is not measurable now, for all its `n` observations.

        `reason`: why, where it is not that the people have not been seen long enough.
        """
        people = subject or context.people
        return Finding(
            name=self.name,
            subject=subject,
            t_ns=context.t_ns,
            n=n,
            coverage=context.coverage(*people) if people else 0.0,
            reason=context.lacks(*people) or reason if people else "few_people",
        )

    def update(self, context: Context) -> None:
        """Compute the subjects that are due, drop the ones that are gone."""
        second = context.t_ns // 1_000_000_000
        self._findings = {
            subject: self.find(context, subject)
            if context.final or subject not in self._findings or (second + k) % self.every_s == 0
            else self._findings[subject]
            for k, subject in enumerate(self.subjects(context))
        }

    def wipe(self) -> None:
        """Overwrite and drop every finding."""
        findings = list(self._findings.values())
        beyond = [one for finding in findings for one in finding.beyond]
        overwrite(*(finding.draws for finding in findings + beyond))
        overwrite(*(draws for finding in findings for _, draws in finding.parts))
        self._findings.clear()

    def result(self) -> list[Finding]:
        """Return the latest finding of every subject."""
        return list(self._findings.values())
