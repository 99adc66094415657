"""Measure 12, `expressivity_calibration`: a person's own gain, which is removed before everything else."""

from collections.abc import Sequence

from edge.measures.context import Context
from edge.measures.findings import Finding, Subject
from edge.measures.statistic import Statistic


class ExpressivityCalibration(Statistic):
    """Offset and gain of one person (after OpenFace's online correction, quantile .10).

    x = (raw - b)/s,  b = running 10 % quantile,  s = (n0 s_site + n 1.4826 MAD)/(n0 + n);  value g = s/s_site

    The gain is applied where the signals are made; here it is only reported, with the seconds of signal it
    rests on as n. It is never tested and never leaves the device for a person.
    """

    name = "expressivity_calibration"
    every_s = 10

    def subjects(self, context: Context) -> Sequence[Subject]:
        """Every person."""
        return [(person,) for person in context.people]

    def find(self, context: Context, subject: Subject) -> Finding:
        """Read the gain of one person."""
        person = subject[0]
        return Finding(
            name=self.name,
            subject=subject,
            t_ns=context.t_ns,
            value=context.tick.gain[person],
            n=context.span_n(person) / context.rate_hz,
            coverage=context.coverage(person),
        )
