"""How much better a block is foretold with the other's past than without, by what was learnt before it."""

import numpy as np
from numpy.typing import NDArray

from edge.arrays import Floats
from edge.measures.bets.blocks import laid

RIDGE = 1e-2  # of the mean diagonal (ours)
ROWS = 10  # samples a coefficient to learn from, at least (ours)
SHARE = 0.5  # of a block that must be foretold


def foretold(
    x: Floats,
    y: Floats,
    n: int,
    back: NDArray[np.int64],
    *,
    own: int,
    other: int,
    still: float = np.inf,
) -> Floats:
    """Return ln(RSS by y's past / RSS by x's past too) of y's newest block, x's newest and older, [S + 1].

    Both regressions (own lags of y, other lags of x) are fitted to everything before the block where
    |y| < still; what they know of x is no good for blocks of x from elsewhere, if it was any good.
    """
    m = max(own, other)
    Y, X = _lags(y, own, m), _lags(x, other, m)
    target = np.where(np.abs(y[m:]) < still, y[m:], np.nan)
    past = slice(0, len(target) - n)
    alone = _fitted(Y[past], target[past])
    both = _fitted(np.concatenate((Y, X), axis=1)[past], target[past])
    if alone is None or both is None:
        return np.full(len(back) + 1, np.nan)
    blocks = laid(X.T, n, back).transpose(1, 2, 0)  # [S + 1, n, other]
    e_alone = target[-n:] - alone[0] - Y[-n:] @ alone[1:]
    e_both = target[-n:] - both[0] - Y[-n:] @ both[1 : own + 1] - blocks @ both[own + 1 :]
    known = np.isfinite(e_both) & np.isfinite(e_alone)
    alone_ss, both_ss = (np.square(np.where(known, e, 0.0)).sum(axis=1) for e in (e_alone, e_both))
    enough = (known.sum(axis=1) >= SHARE * n) & (alone_ss > 0.0) & (both_ss > 0.0)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(enough, np.log(alone_ss / both_ss), np.nan)


def _lags(x: Floats, count: int, first: int) -> Floats:
    """Return x(t - 1) .. x(t - count) for t from `first` on, [n, count]."""
    windows = np.lib.stride_tricks.sliding_window_view(x[first - count : -1], count)
    return windows[:, ::-1]


def _fitted(X: Floats, y: Floats) -> Floats | None:
    """Ridge coefficients, the constant first; None with too few whole rows."""
    rows = np.isfinite(y) & np.isfinite(X).all(axis=1)
    if rows.sum() < ROWS * (X.shape[1] + 1):
        return None
    X, y = X[rows], y[rows]
    mean_x, mean_y = X.mean(axis=0), y.mean()
    A = (X - mean_x).T @ (X - mean_x)
    A[np.diag_indices_from(A)] += RIDGE * max(float(np.trace(A)) / len(A), 1e-9)
    beta = np.linalg.solve(A, (X - mean_x).T @ (y - mean_y))
    return np.append(mean_y - mean_x @ beta, beta)
