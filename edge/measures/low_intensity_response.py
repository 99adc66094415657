"""Measure 9, `low_intensity_response`: whether a nearly still face still moves with the other's last 2 s."""

import numpy as np
from numpy import fft
from numpy.typing import NDArray

from edge.arrays import Floats
from edge.measures.common import unlike
from edge.measures.context import Context
from edge.measures.findings import Finding, Subject
from edge.measures.shifts import circular_shifts
from edge.measures.statistic import Statistic

RATE_HZ = 10.0  # both faces are read at about 10 Hz
REACH_S = 2.0  # of the kernel
TAPS = 20  # of the kernel at 10 Hz, .1 to 2 s
AR = 5  # own lags (ours)
FOLDS = 5
STILL_SD = 1.5  # |x_j| below this is low intensity (ours)
RIDGE = 1e-2  # of the mean diagonal (ours)
MIN_S = 60.0  # ours: lively people are nearly still for a third of three minutes; N1 loses as much
MIN_VALID = 0.75
_BLOCK = 60  # spans are cut to a multiple, so that their Fourier transforms stay fast


class LowIntensityResponse(Statistic):
    """Gain in blocked cross-validated R2 by a ridge-regularised response kernel.

    x_j(t) ~ sum_a phi_a x_j(t-a) + sum_b h_b x_i(t-b),  a = 1..5, b = 1..20 (.1 to 2 s), where |x_j(t)| < 1.5
    dR2 = R2(AR + FIR) - R2(AR), five blocks, each predicted from the other four;  latency = centroid of |h|

    AR is the first sum alone, j's own past; FIR is both, with i's past through the kernel h. Both are read at
    10 Hz on the smile channel, x_j against its own median; `extra` carries the plain gain of AU1+2, AU4 and
    AU7, which do not enter the verdict. A moment at which x_i is not measurable counts as rest.
    All Gram matrices of all circular shifts come from circular cross-correlations, so N1 costs no more than
    the value itself. At most 1; below 0 when the kernel only fits noise.
    """

    name = "low_intensity_response"
    every_s = 60
    directed = True

    def find(self, context: Context, subject: Subject) -> Finding:
        """Fit one directed pair."""
        i, j = subject
        coverage = context.coverage(i, j)
        rate_hz = context.rate_at(RATE_HZ)
        n = context.n_at(RATE_HZ, i, j) // _BLOCK * _BLOCK
        if not context.ready(i, j) or not unlike(context, i, j):
            return self.nothing(context, subject, reason="common_light")
        smile = (context.roles.smile,)
        x, _ = _centred(context, i, n, smile)
        y, known = _centred(context, j, n, smile)
        keep = _still(y, known)
        seconds = float(keep.sum()) / rate_hz
        if seconds < MIN_S:
            return self.nothing(context, subject, n=seconds)
        shifts = np.concatenate(([0], circular_shifts(n, rate_hz, context.surrogates)))
        dR2, h = gain(grams(x, y, keep, shifts, _taps(rate_hz)))
        return Finding(
            name=self.name,
            subject=subject,
            t_ns=context.t_ns,
            value=float(dR2[0]),
            draws=dR2[1:],
            n=seconds,
            coverage=coverage,
            lag_s=_centroid(np.abs(h[0])) / rate_hz,
            extra={
                f"gain_{name}": _plain_gain(context, subject, n, rows)
                for name, rows in context.roles.low.items()
            },
        )


def _taps(rate_hz: float) -> int:
    """Return how many samples of the other's last 2 s the kernel weighs."""
    return max(1, round(REACH_S * rate_hz))


def _centroid(size: Floats) -> float:
    """Mean lag of the kernel, weighted by the size of its taps, samples."""
    return float((size * np.arange(1, len(size) + 1)).sum() / max(size.sum(), 1e-300))


def grams(
    x: Floats, y: Floats, keep: NDArray[np.bool_], shifts: NDArray[np.int64], taps: int = TAPS
) -> Floats:
    """Gram matrices of [1, y(t), y(t-1..5), x(t-s-1..taps)] over the kept t, [S, FOLDS, 7 + taps, 7 + taps].

    x and y are [n] without gaps, circular; t runs over five equal blocks; s over the shifts. Every least
    squares fit below reads its sums of products from here: row and column 0 are the constant, 1 is the
    target y(t), 2 to 6 are y's own past, the rest is x's past.

    The three parts of a matrix: own x own does not depend on s; own x other is, for all s at once, the
    circular correlation of m c with x (m the mask of a block, c a column of y); other x other is, for
    products at distance d, the correlation of m with x(u) x(u - d), read at t - u = s + 1, s + 2, ...
    """
    n = len(y)
    own = np.stack([np.ones(n), *(np.roll(y, a) for a in range(AR + 1))])
    masks = np.zeros((FOLDS, n))
    for fold, block in enumerate(np.array_split(np.arange(n), FOLDS)):
        masks[fold, block] = keep[block]
    G = np.zeros((len(shifts), FOLDS, len(own) + taps, len(own) + taps))
    G[..., : len(own), : len(own)] = np.einsum("ft,at,bt->fab", masks, own, own, optimize=True)
    at = (shifts[:, None] + np.arange(1, taps + 1)) % n  # the lags s + b of x
    cross = fft.irfft(fft.rfft(masks[:, None] * own) * np.conj(fft.rfft(x)), n)
    G[..., : len(own), len(own) :] = cross[..., at].transpose(2, 0, 1, 3)
    G[..., len(own) :, : len(own)] = np.swapaxes(G[..., : len(own), len(own) :], 2, 3)
    moments = fft.rfft(masks)
    for d in range(taps):  # the d-th diagonal of the symmetric part: lags b and b + d
        rows = np.arange(taps - d)
        pairs = fft.irfft(moments * np.conj(fft.rfft(x * np.roll(x, d))), n)
        values = pairs[:, at[:, : taps - d]].transpose(1, 0, 2)
        G[..., len(own) + rows, len(own) + rows + d] = values
        G[..., len(own) + rows + d, len(own) + rows] = values
    return G


def unshifted_grams(x: Floats, y: Floats, keep: NDArray[np.bool_], taps: int = TAPS) -> Floats:
    """`grams` of shift 0 alone, by plain products, [1, FOLDS, 7 + taps, 7 + taps]."""
    lagged = [np.roll(x, b) for b in range(1, taps + 1)]
    X = np.stack([np.ones(len(y)), *(np.roll(y, a) for a in range(AR + 1)), *lagged]) * keep
    return np.stack([part @ part.T for part in np.array_split(X, FOLDS, axis=1)])[None]


def gain(G: Floats) -> tuple[Floats, Floats]:
    """dR2 of every shift, [S], and the kernel h fitted to all folds, [S, taps].

    dR2 = (RSS(AR) - RSS(AR + FIR)) / TSS, with the residuals of every fold predicted from the others.
    """
    whole = G.sum(axis=1)
    own = [0, *range(2, AR + 2)]
    every = [*own, *range(AR + 2, G.shape[-1])]
    kept = whole[:, 0, 0]
    variance = whole[:, 1, 1] - whole[:, 0, 1] ** 2 / np.maximum(kept, 1.0)
    good = variance > 1e-12 * np.maximum(whole[:, 1, 1], 1e-300)
    difference = _predicted_rss(G, own) - _predicted_rss(G, every)
    h = _fit(whole, every)[:, len(own) :]
    return np.where(good, difference / np.where(good, variance, 1.0), np.nan), h


def _predicted_rss(G: Floats, columns: list[int]) -> Floats:
    """Sum of squared errors of every fold predicted from the others, [S]."""
    beta = _fit(G.sum(axis=1, keepdims=True) - G, columns)
    A, b = G[..., columns, :][..., columns], G[..., columns, 1]
    fitted = (A @ beta[..., None])[..., 0]
    return np.asarray((G[..., 1, 1] - 2 * (b * beta).sum(axis=-1) + (beta * fitted).sum(axis=-1)).sum(axis=1))


def _fit(G: Floats, columns: list[int]) -> Floats:
    """Ridge coefficients of y(t) on the columns; the kernel alone is shrunk."""
    A = G[..., columns, :][..., columns].copy()
    taps = len(columns) - (AR + 1)
    size = np.trace(A, axis1=-2, axis2=-1) / len(columns)
    diagonal = np.arange(len(columns))
    penalty = np.where(diagonal < len(columns) - taps, 1e-9, RIDGE)
    A[..., diagonal, diagonal] += penalty * np.maximum(size, 1e-9)[..., None]
    return np.asarray(np.linalg.solve(A, G[..., columns, 1][..., None])[..., 0])


def _plain_gain(context: Context, subject: Subject, n: int, rows: tuple[int, ...]) -> float | None:
    """dR2 of one more channel, unshifted; None where it is rarely measurable or never still."""
    rate_hz = context.rate_at(RATE_HZ)
    x, seen = _centred(context, subject[0], n, rows)
    y, known = _centred(context, subject[1], n, rows)
    keep = _still(y, known)
    if min(seen.mean(), known.mean()) < MIN_VALID or keep.sum() < MIN_S * rate_hz:
        return None
    value = float(gain(unshifted_grams(x, y, keep, _taps(rate_hz)))[0][0])
    return value if np.isfinite(value) else None


def _still(y: Floats, known: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return where the face is nearly still and its own last samples are known, [n]."""
    keep = known & (np.abs(y) < STILL_SD)
    for lag in range(1, AR + 1):
        keep &= np.roll(known, lag)
    return keep


def _centred(
    context: Context, person: int, n: int, rows: tuple[int, ...]
) -> tuple[Floats, NDArray[np.bool_]]:
    """Mean of the channels around its own median, 0 where missing, [n], and where it is known."""
    z = context.thinned(context.z(person)[list(rows)], RATE_HZ)[:, -n:].mean(axis=0)
    known = np.isfinite(z)
    return np.where(known, z - np.median(z[known]) if known.any() else 0.0, 0.0), known
