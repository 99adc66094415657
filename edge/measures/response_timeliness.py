"""Measure 14, `response_timeliness`: whether smiles are answered at the delay at which answers work best."""

from collections.abc import Sequence

import numpy as np

from edge._native.events import delays, delays_draws
from edge.arrays import Floats, Times
from edge.measures.answers import SECOND_NS, Span, common_span, jitter, movements
from edge.measures.context import Context
from edge.measures.findings import Finding, Subject
from edge.measures.statistic import Statistic
from edge.measures.verdict import rank_p

TAU0_S = 0.7  # best delay (Kroczek & Mühlberger 2023)
S_LOG = 0.6  # width of the weight in log delay (ours)
FIRST_NS = 150_000_000
LAST_NS = 4 * SECOND_NS
MIN_LEADER, MIN_FOLLOWER = 5, 5  # ours; the null holds for any count, ten give full confidence


class ResponseTimeliness(Statistic):
    """Mean weight of the first answers by their delay.

    T_ij = (1/N_i) sum_k kappa(tau_k) - mean under N2,  kappa(tau) = exp(-(ln(tau/tau0))^2 / (2 s^2))

    tau_k in (.15, 4] s is the delay of j's first smile after i's k-th; no answer weighs 0. N2 alone decides:
    it is about timing, not about context. `lag_s` is the median delay of the answers.

    With a third person, i -> j may only be i -> k -> j. `p_direct` is p given the others: an answer after a
    smile of somebody else that itself came after i's (each by more than .15 s) does not count, in a draw as
    in the value.
    """

    name = "response_timeliness"
    every_s = 10
    directed = True

    def find(self, context: Context, subject: Subject) -> Finding:
        """Weigh the answers of one directed pair."""
        i, j = subject
        span = common_span(context, i, j)
        channel = [context.tick.channels[context.roles.smile]]
        a = movements(context, i, channel, span, brief=None)
        b = movements(context, j, channel, span, brief=None)
        coverage = context.coverage(i, j)
        if not context.ready(i, j) or len(a) < MIN_LEADER or len(b) < MIN_FOLLOWER:
            return self.nothing(context, subject, n=len(a))
        tau = delays(a, b, FIRST_NS, LAST_NS - FIRST_NS)
        moved = jitter((context.seed, 14, i, j), b, b)
        drawn = delays_draws(
            a, b, FIRST_NS, LAST_NS - FIRST_NS, moved, start=span.start_ns, length=span.length_ns
        )
        weights = kappa(drawn).mean(axis=1)
        others = _of_others(context, subject, channel, span)
        between = delays(a, others, FIRST_NS, LAST_NS - FIRST_NS)
        answered = tau[tau > 0]
        return Finding(
            name=self.name,
            subject=subject,
            t_ns=context.t_ns,
            value=float(kappa(tau).mean() - weights.mean()),
            draws=weights - weights.mean(),
            n=len(a),
            coverage=coverage,
            lag_s=float(np.median(answered)) / 1e9 if len(answered) else None,
            extra={"answered": len(answered) / len(a), **_direct(tau, drawn, between)},
        )


def _direct(tau: Times, drawn: Times, between: Times) -> dict[str, float | None]:
    """Give p of the answers before which no third person smiled; nothing where there is none to smile."""
    if not (between > 0).any():
        return {}
    near, far = (
        kappa(np.where((between > 0) & (t - between > FIRST_NS), -1, t)).mean(axis=-1) for t in (tau, drawn)
    )
    return {"p_direct": rank_p(float(near), far)}


def _of_others(context: Context, pair: Subject, channel: Sequence[str], span: Span) -> Times:
    """Smiles of everybody but these two, ns, ascending."""
    others = [person for person in context.people if person not in pair]
    times = [movements(context, person, channel, span, brief=None) for person in others]
    return np.sort(np.concatenate(times)) if times else np.empty(0, dtype=np.int64)


def kappa(tau_ns: Times) -> Floats:
    """Weight of a delay, 0..1; 0 for no answer (a delay <= 0)."""
    tau = np.maximum(tau_ns, 1) / (TAU0_S * 1e9)
    return np.where(tau_ns > 0, np.exp(-(np.log(tau) ** 2) / (2 * S_LOG**2)), 0.0)
