"""Measure 12, `expressivity_calibration`: a person's own gain, which is removed before everything else."""

from edge.measures.context import Context
from edge.measures.findings import Finding, Subject
from edge.measures.rota import Rota

NAME = "expressivity_calibration"


class ExpressivityCalibration:
    """Offset and gain of one person (after OpenFace's online correction, quantile .10).

    x = (raw - b)/s,  b = running 10 % quantile,  s = (n0 s_site + n 1.4826 MAD)/(n0 + n);  value g = s/s_site

    The gain is applied where the signals are made; here it is only reported, with the seconds of signal it
    rests on as n. It is never tested and never leaves the device for a person.
    """

    name = NAME
    every_s = 10

    def __init__(self) -> None:
        self._rota = Rota(self.every_s)

    def update(self, context: Context) -> None:
        """Read the gains."""
        self._rota.update(context, [(person,) for person in context.people], _finding)

    def result(self) -> list[Finding]:
        """One finding for every person."""
        return self._rota.findings


def _finding(context: Context, subject: Subject) -> Finding:
    person = subject[0]
    return Finding(
        name=NAME,
        subject=subject,
        t_ns=context.t_ns,
        value=context.tick.gain[person],
        n=context.span_n(person) / context.rate_hz,
        coverage=context.coverage(person),
    )
