"""Measure 3, `slope_concordance`: whether a listener's activity rises and falls with the speaker's."""

import numpy as np

from edge.arrays import Floats
from edge.measures.context import Context
from edge.measures.findings import Finding, Subject
from edge.measures.shifts import circular_shifts, jointly, turned
from edge.measures.statistic import Statistic

SLOPE_S = 5  # window of one slope
RUN_S = 15  # slopes in one correlation
LAST_S = 300  # correlations in one index
MIN_S = 100  # valid correlations
MIN_SHARE = 0.5  # of a slope and of a correlation: a look away of 2 s costs neither (ours)
LIMIT = 5.0
LISTENER_Q = 0.75  # a listener's mouth moves less than in the liveliest quarter of the own time (ours)


class SlopeConcordance(Statistic):
    """Marci-Orr concordance index, carried over from skin conductance to faces (the transfer is ours).

    Least-squares slopes of E in 5 s windows every second; running Pearson r of both over 15 s;

        CI = ln( sum r+ / |sum r-| )   over the last 300 s, clipped to +-5

    i speaks, j listens: only seconds in which the variance of j's mouth is low count. E is the activity of
    the upper face and the smile. Held against N1.
    """

    name = "slope_concordance"
    every_s = 15
    directed = True

    def find(self, context: Context, subject: Subject) -> Finding:
        """Compare the slopes of one speaker and one listener."""
        i, j = subject
        coverage = context.coverage(i, j)
        if not context.ready(i, j):
            return self.nothing(context, subject)
        m = int(context.span_n(i, j) / context.rate_hz) - SLOPE_S + 1
        shifts = circular_shifts(m, 1.0, context.surrogates)
        last = slice(-(LAST_S + RUN_S - 1), None)
        r = running_r(
            speaking(context, i)[-m:][last],
            turned(listening(context, j)[-m:], -np.append(0, shifts))[..., last],
        )
        value, draws = concordance(r[:1]), _jointly_drawn(r)
        return Finding(
            name=self.name,
            subject=subject,
            t_ns=context.t_ns,
            value=float(value[0]),
            draws=draws,
            n=float(np.isfinite(r[0]).sum()),
            coverage=coverage,
        )


def slopes(x: Floats, rate_n: int) -> Floats:
    """Least-squares slope of x in windows of 5 s, one every second, unit of x per s, [n // rate - 4].

    x is [n], n a multiple of the rate; NaN where under half of a window is valid.
    """
    windows = np.lib.stride_tricks.sliding_window_view(x, SLOPE_S * rate_n)[::rate_n]
    valid = np.isfinite(windows)
    count = valid.sum(axis=1)
    t = np.arange(SLOPE_S * rate_n) / rate_n
    y = np.where(valid, windows, 0.0)
    n = np.maximum(count, 1)
    St, Sy, Stt, Sty = valid @ t, y.sum(axis=1), valid @ (t * t), y @ t
    return np.where(
        count >= MIN_SHARE * len(t), (Sty - St * Sy / n) / np.maximum(Stt - St * St / n, 1e-12), np.nan
    )


def running_r(x: Floats, y: Floats) -> Floats:
    """Pearson r over 15 successive slopes, [..., m - 14]; NaN under half valid or where one is constant."""
    both = np.isfinite(x) & np.isfinite(y)
    a, b = np.where(both, x, 0.0), np.where(both, y, 0.0)
    n, Sa, Sb, Saa, Sbb, Sab = (_runs(v) for v in (both.astype(np.float64), a, b, a * a, b * b, a * b))
    with np.errstate(invalid="ignore", divide="ignore"):
        r = (n * Sab - Sa * Sb) / np.sqrt((n * Saa - Sa**2) * (n * Sbb - Sb**2))
    return np.where((n >= MIN_SHARE * RUN_S) & np.isfinite(r), np.clip(r, -1.0, 1.0), np.nan)


def concordance(r: Floats, least: int = MIN_S) -> Floats:
    """CI = ln(sum r+ / |sum r-|) over the last axis, clipped to +-5; NaN under 100 valid r, or `least`."""
    valid = np.isfinite(r).sum(axis=-1)
    rise = np.nansum(np.maximum(r, 0.0), axis=-1)
    fall = -np.nansum(np.minimum(r, 0.0), axis=-1)
    with np.errstate(invalid="ignore", divide="ignore"):
        index = np.clip(np.log(rise) - np.log(fall), -LIMIT, LIMIT)
    return np.where(valid >= least, index, np.nan)


def _jointly_drawn(r: Floats) -> Floats:
    """CI of every shift on the seconds that it shares with the value, less that the value has there, [S]."""
    near, far = (concordance(rows, MIN_S // 2) for rows in jointly(r))
    return far + (concordance(r[:1]) - near)


def _runs(x: Floats) -> Floats:
    """Sum of 15 successive values along the last axis, term by term: no running sum to drift."""
    count = x.shape[-1] - RUN_S + 1
    return np.asarray(sum(x[..., k : k + count] for k in range(RUN_S)))


def speaking(context: Context, person: int) -> Floats:
    """Slopes of one person's upper-face activity over the whole ring, newest last."""
    return context.memo(
        ("slopes", person),
        lambda: slopes(
            _whole_seconds(context, context.activity(person, context.roles.upper)), _rate(context)
        ),
    )


def listening(context: Context, person: int) -> Floats:
    """Slopes of one person, NaN while this person's mouth is lively."""
    return context.memo(("listening", person), lambda: _gated(context, person))


def _gated(context: Context, person: int) -> Floats:
    own = speaking(context, person)
    if context.roles.mouth is None:
        return own
    mouth = _whole_seconds(context, context.z(person)[context.roles.mouth])
    windows = np.lib.stride_tricks.sliding_window_view(mouth, SLOPE_S * _rate(context))[:: _rate(context)]
    seen = np.isfinite(windows)
    count = np.maximum(seen.sum(axis=1), 1)[:, None]
    apart = np.where(seen, windows - np.where(seen, windows, 0.0).sum(axis=1, keepdims=True) / count, 0.0)
    variance = np.square(apart).sum(axis=1) / count[:, 0]
    valid = seen.mean(axis=1) >= MIN_SHARE
    if not valid.any():
        return own
    return np.where(valid & (variance <= np.quantile(variance[valid], LISTENER_Q)), own, np.nan)


def _rate(context: Context) -> int:
    return round(context.rate_hz)


def _whole_seconds(context: Context, x: Floats) -> Floats:
    """Drop the oldest samples so that windows end at the newest."""
    return x[len(x) % _rate(context) :]
