"""Measure 1, `brief_event_mirroring`: how often brief movements are answered by the same brief movement."""

import numpy as np

from edge._native.events import triggered, triggered_draws
from edge._native.tails import binomial_above
from edge.arrays import Times
from edge.measures.answers import SECOND_NS, Span, common_span, jitter, movements, onsets
from edge.measures.context import Context
from edge.measures.findings import Finding, Subject
from edge.measures.shifts import circular_shifts
from edge.measures.statistic import Statistic
from edge.measures.verdict import rank_p

D_NS = SECOND_NS  # D: window of an answer
d_NS = SECOND_NS // 5  # d: an answer takes at least this long  # noqa: N816
MIN_LEADER, MIN_FOLLOWER = 5, 5  # ours; the null holds for any count, ten give full confidence


class BriefEventMirroring(Statistic):
    """Event coincidence analysis, trigger rate (Donges et al. 2016; Odenweller & Donner 2020).

    r_ij = (1/N_i) #{brief onsets t of i : a same-channel brief onset of j in (t+d, t+d+D]}
    p0   = 1 - (1 - D/(T-d))^N_j, averaged over i's onsets (N_j differs by channel);  e = r_ij - p0

    The verdict is N2 (j's onsets jittered by up to 5 s): following beyond a shared context. `extra` carries
    the rate, p0, `p_analytic` = BinomSF(K-1; N_i, p0) and `p_far` (N1, circular shifts): coincidence at all.
    """

    name = "brief_event_mirroring"
    every_s = 10
    directed = True

    def find(self, context: Context, subject: Subject) -> Finding:
        """Count the answers of one directed pair."""
        i, j = subject
        span = common_span(context, i, j)
        names = context.onsets.channels(i, context.roles.brief, brief=True)
        a = [_triggers(context, i, name, span) for name in names]
        b = [onsets(context, j, [name], span, brief=True) for name in names]
        N_i = sum(len(times) for times in a)
        N_j = len(onsets(context, j, context.roles.brief, span, brief=True))
        coverage = context.coverage(i, j)
        if not context.ready(i, j) or N_i < MIN_LEADER or N_j < MIN_FOLLOWER:
            return self.nothing(context, subject, n=N_i)
        p0 = sum(len(x) * trigger_chance(len(y), span.length_ns) for x, y in zip(a, b, strict=True)) / N_i
        K = sum(triggered(x, y, d_NS, D_NS) for x, y in zip(a, b, strict=True))
        anchors = movements(context, j, context.roles.brief, span, brief=True)
        near = [jitter((context.seed, 1, i, j), y, anchors) for y in b]
        far = circular_shifts(span.length_ns // 1_000_000, 1000.0, context.surrogates) * 1_000_000
        shifted = _draws(a, b, [np.repeat(far[:, None], len(y), axis=1) for y in b], span)
        return Finding(
            name=self.name,
            subject=subject,
            t_ns=context.t_ns,
            value=K / N_i - p0,
            draws=_draws(a, b, near, span) / N_i - p0,
            n=N_i,
            coverage=coverage,
            extra={
                "rate": K / N_i,
                "p0": p0,
                "p_analytic": binomial_above(K - 1, N_i, p0) if K else 1.0,
                "p_far": rank_p(K, shifted.astype(np.float64)),
            },
        )


def trigger_chance(N_j: int, T_ns: int) -> float:
    """p0 of one channel: the chance that any of N_j onsets falls into one answer window."""
    return 1 - (1 - min(1.0, D_NS / max(1, T_ns - d_NS))) ** N_j


def _triggers(context: Context, person: int, channel: str, span: Span) -> Times:
    """Onsets whose whole answer window lies inside the span."""
    times = onsets(context, person, [channel], span, brief=True)
    return times[times <= span.end_ns - d_NS - D_NS]


def _draws(a: list[Times], b: list[Times], offsets: list[Times], span: Span) -> Times:
    """Coincidences over all channels under every draw, [S]."""
    counts = [
        triggered_draws(x, y, d_NS, D_NS, moved, start=span.start_ns, length=span.length_ns)
        for x, y, moved in zip(a, b, offsets, strict=True)
    ]
    return np.asarray(np.sum(counts, axis=0))
