"""Measure 14, `response_timeliness`: whether smiles are answered at the delay at which answers work best."""

import numpy as np

from edge._native.events import delays, delays_draws
from edge.arrays import Floats, Times
from edge.measures.answers import SECOND_NS, common_span, jitter, movements
from edge.measures.context import Context
from edge.measures.findings import Finding, Subject
from edge.measures.statistic import Statistic

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
            extra={"answered": len(answered) / len(a)},
        )


def kappa(tau_ns: Times) -> Floats:
    """Weight of a delay, 0..1; 0 for no answer (a delay <= 0)."""
    tau = np.maximum(tau_ns, 1) / (TAU0_S * 1e9)
    return np.where(tau_ns > 0, np.exp(-(np.log(tau) ** 2) / (2 * S_LOG**2)), 0.0)
