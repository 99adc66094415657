"""Measure 6, `coupling_loop`: whether each of two people's recent activity helps to predict the other's."""

import numpy as np
from numpy.typing import NDArray

from edge.arrays import Floats
from edge.measures.common import unlike
from edge.measures.context import Context
from edge.measures.findings import Finding, Subject, drawn_mean
from edge.measures.shifts import circular_shifts, jointly, turned
from edge.measures.statistic import Statistic
from edge.measures.verdict import rank_p

ORDER = 5  # p
RATE_HZ = 5.0
HALF_LIFE_S = 60.0
LAST_S = 300.0
AT_ONCE = 8  # series whose lags are laid out together
MIN_S = 60.0  # ours: 300 samples for 11 coefficients; N1 loses as much


class CouplingLoop(Statistic):
    """Bidirectional Granger gain, forgetting with a half-life of 60 s over the last 300 s.

    F_i->j = ln(RSS_own / RSS_own+other),  VAR with p = 5 lags at 5 Hz (.2 to 1 s)
    L = sqrt(max(F_ij - b_ij, 0) max(F_ji - b_ji, 0)),  b = mean under N1
    direction = (F_ij - F_ji) / (F_ij + F_ji)

    The least squares carry the weights 2^(-age/60 s): the solution that recursive least squares with that
    forgetting factor reaches, without its drift. The direction is taken after b is subtracted. chi-square p
    are anti-conservative here (10.5 % at .05), so only N1 judges. Facial influence is transient (Müller et
    al. 2019). A strong gain one way alone makes L large now and then, so `above` also asks for p <= alpha of
    each direction (`p_ij`, `p_ji`; intersection-union test, Berger 1982), in the room of the median over the
    pairs of the weaker direction.
    """

    name = "coupling_loop"
    every_s = 30

    def find(self, context: Context, subject: Subject) -> Finding:
        """Fit both directions of one pair."""
        i, j = subject
        coverage = context.coverage(i, j)
        if not context.ready(i, j) or not unlike(context, i, j):
            return self.nothing(context, subject, reason="common_light")
        n = context.n_at(RATE_HZ, i, j)
        last = min(n, round(LAST_S * RATE_HZ))
        shifts = circular_shifts(n, RATE_HZ, context.surrogates)
        x = turned(series(context, i)[-n:], -np.append(0, shifts))[:, -last:]
        y = np.broadcast_to(series(context, j)[-last:], x.shape)
        weights = 0.5 ** (np.arange(last)[::-1] / (HALF_LIFE_S * RATE_HZ))
        F_ij, F_ji, weight = _jointly_drawn(x, y, weights)
        effective_s = float(weight[0]) / RATE_HZ
        seconds = float((np.isfinite(x[0]) & np.isfinite(y[0])).sum()) / RATE_HZ
        if seconds < MIN_S or not np.isfinite(F_ij[0] + F_ji[0]):
            return self.nothing(context, subject, n=effective_s)
        F_ij, F_ji = F_ij - drawn_mean(F_ij[1:]), F_ji - drawn_mean(F_ji[1:])
        parts = (float(F_ij[0]), F_ij[1:]), (float(F_ji[0]), F_ji[1:])
        p_ij, p_ji = (rank_p(*part) for part in parts)
        loop = np.sqrt(np.maximum(F_ij, 0.0) * np.maximum(F_ji, 0.0))
        return Finding(
            name=self.name,
            subject=subject,
            t_ns=context.t_ns,
            value=float(loop[0]),
            draws=loop[1:],
            n=seconds,
            coverage=coverage,
            parts=parts,
            extra={
                "f_ij": float(F_ij[0]),
                "f_ji": float(F_ji[0]),
                "p_ij": p_ij,
                "p_ji": p_ji,
                "direction": _direction(float(F_ij[0]), float(F_ji[0])),
            },
        )


def granger(x: Floats, y: Floats, weights: Floats, order: int = ORDER) -> tuple[Floats, Floats, Floats]:
    """F_x->y and F_y->x for stacked series, nats, [B] each, and the weight that was usable, [B].

    x and y are [B, n], weights [n]. Rows with a missing value among their lags weigh nothing; a constant is
    part of every model.
    """
    parts = [
        _granger(x[k : k + AT_ONCE], y[k : k + AT_ONCE], weights, order) for k in range(0, len(x), AT_ONCE)
    ]
    F_xy, F_yx, weight = map(np.concatenate, zip(*parts, strict=True))
    return F_xy, F_yx, weight


def _granger(x: Floats, y: Floats, weights: Floats, order: int) -> tuple[Floats, Floats, Floats]:
    """`granger` of few series: the lags of all surrogates side by side would take 16 MB."""
    lags = np.lib.stride_tricks.sliding_window_view
    n = x.shape[1] - order
    # columns: x(t), x(t-1) .. x(t-p), y(t), y(t-1) .. y(t-p)
    X = np.concatenate((lags(x, order + 1, axis=1)[..., ::-1], lags(y, order + 1, axis=1)[..., ::-1]), axis=2)
    usable: NDArray[np.bool_] = np.asarray(np.isfinite(X).all(axis=2))
    w = np.where(usable, weights[-n:], 0.0)
    X = np.where(usable[..., None], X, 0.0)
    total = np.maximum(w.sum(axis=1), 1e-300)
    X -= (w[:, None, :] @ X) / total[:, None, None] * usable[..., None]
    G = np.swapaxes(X, 1, 2) @ (X * w[..., None])
    own_x, own_y = list(range(1, order + 1)), list(range(order + 2, 2 * order + 2))
    F_xy = _gain(G, order + 1, own_y, own_x)
    F_yx = _gain(G, 0, own_x, own_y)
    return F_xy, F_yx, w.sum(axis=1)


def _jointly_drawn(x: Floats, y: Floats, weights: Floats) -> tuple[Floats, Floats, Floats]:
    """`granger` with the value first and every shift on the samples that it shares with the value."""
    F_ij, F_ji, weight = granger(x, y, weights)
    if np.isfinite(x + y).all():
        return F_ij, F_ji, weight
    near, far = jointly(x + 0.0 * y)
    near_ij, near_ji, _ = granger(near, y[1:], weights)
    far_ij, far_ji, _ = granger(far, y[1:], weights)
    drawn = [f + (value[0] - n) for f, value, n in ((far_ij, F_ij, near_ij), (far_ji, F_ji, near_ji))]
    return np.append(F_ij[:1], drawn[0]), np.append(F_ji[:1], drawn[1]), weight


def rss(G: Floats, target: int, predictors: list[int]) -> Floats:
    """Residual sum of squares of the target column on the predictors, from centred Gram matrices, [B]."""
    A = G[:, predictors][:, :, predictors]
    b = G[:, predictors, target]
    try:
        beta = np.linalg.solve(A, b[..., None])[..., 0]
    except np.linalg.LinAlgError:
        return np.full(len(G), np.nan)
    return np.asarray(G[:, target, target] - (b * beta).sum(axis=1))


def _gain(G: Floats, target: int, own: list[int], other: list[int]) -> Floats:
    """ln(RSS_own / RSS_own+other), [B]; NaN where nothing is left to explain."""
    alone, both = rss(G, target, own), rss(G, target, own + other)
    least = 1e-12 * np.maximum(G[:, target, target], 1e-300)
    good = (alone > least) & (both > least)
    return np.where(good, np.log(np.where(good, alone, 1.0) / np.where(good, both, 1.0)), np.nan)


def _direction(f_ij: float, f_ji: float) -> float | None:
    """(F_ij - F_ji) / (F_ij + F_ji) of the gains above their nulls, -1..1; None when neither is."""
    f_ij, f_ji = max(f_ij, 0.0), max(f_ji, 0.0)
    return (f_ij - f_ji) / (f_ij + f_ji) if f_ij + f_ji > 0.0 else None


def series(context: Context, person: int) -> Floats:
    """Activity at 5 Hz: means of neighbouring grid samples, newest last."""

    def halved() -> Floats:
        step = context.step_n(RATE_HZ)
        E = context.activity(person)
        return np.asarray(E[len(E) % step :].reshape(-1, step).mean(axis=1))

    return context.memo(("activity at 5 Hz", person), halved)
