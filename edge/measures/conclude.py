"""From judged findings to the records that are published: the corrected state, and all it rests on."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from edge.measures.correction import Verdict, verdicts
from edge.measures.findings import Finding
from edge.measures.ledger import Key
from edge.measures.standing import Standing
from edge.measures.table import Definition
from edge.measures.verdict import Judged
from edge.records import Measure, Null, Reason, State


def conclude(
    judged: Sequence[Judged],
    definitions: Mapping[str, Definition],
    *,
    alpha: float,
    fdr_q: float,
    stands: Callable[[Key], Standing] = lambda _: Standing(),
) -> list[Measure]:
    """Correct within every measure and write what is published, with where it stands by evidence."""
    found = verdicts(judged, definitions, alpha=alpha, fdr_q=fdr_q)
    return [
        _measure(one, definitions[one.finding.name], verdict, stands((one.finding.name, one.finding.subject)))
        for one, verdict in zip(judged, found, strict=True)
    ]


def _measure(judged: Judged, definition: Definition, verdict: Verdict | None, standing: Standing) -> Measure:
    """Write one verdict as the record that is published; a value without a verdict is None."""
    finding = judged.finding
    measurable = bool(np.isfinite(finding.value)) and (verdict is not None or not definition.tested)
    share = min(1.0, finding.n / definition.n_required)
    tested = {} if verdict is None else {"z": judged.z, "p_tail": verdict.tail}
    state: State = "at_chance" if measurable else "insufficient"
    if verdict is not None:
        state = standing.state or verdict.state
    return Measure(
        name=finding.name,
        subject=finding.subject,
        t_ns=finding.t_ns,
        value=finding.value if measurable else None,
        unit=definition.unit,
        null=None if verdict is None else _null(judged),
        p=None if verdict is None else verdict.p,
        n=finding.n,
        coverage=finding.coverage,
        confidence=finding.coverage * share if measurable else 0.0,
        state=state,
        reason=_reason(finding) if state == "insufficient" else None,
        evidence=standing.evidence,
        span_ns=standing.span_ns,
        lag_s=finding.lag_s if measurable else None,
        extra={**finding.extra, **tested} if measurable else {},
    )


def _null(judged: Judged) -> Null:
    """Return the null with its draws."""
    draws = judged.finding.draws
    return Null(mu=judged.mu, sd=judged.sd, draws=tuple(draws[np.isfinite(draws)].tolist()))


def _reason(finding: Finding) -> Reason:
    """Return why there is no verdict; of the room nothing that is about one person."""
    reason = finding.reason or "too_few"
    return "unseen" if reason == "absent" and not finding.subject else reason
