"""Measure 9, `low_intensity_response`: whether a nearly still face still moves with the other's last 2 s."""

import numpy as np
from numpy import fft
from numpy.typing import NDArray

from edge.arrays import Floats
from edge.measures.context import Context
from edge.measures.findings import Finding, Subject
from edge.measures.shifts import circular_shifts
from edge.measures.statistic import Statistic

TAPS = 20  # .1 to 2 s at 10 Hz
AR = 5  # own lags (ours)
FOLDS = 5
STILL_SD = 1.5  # |x_j| below this is low intensity (ours)
RIDGE = 1e-2  # of the mean diagonal (ours)
MIN_S = 180.0
MIN_VALID = 0.75
_BLOCK = 60  # spans are cut to a multiple, so that their Fourier transforms stay fast


class LowIntensityResponse(Statistic):
    """Gain in blocked cross-validated R2 by a ridge-regularised response kernel.

    x_j(t) ~ sum_a phi_a x_j(t-a) + sum_b h_b x_i(t-b),  a = 1..5, b = 1..20 (.1 to 2 s), where |x_j(t)| < 1.5
    dR2 = R2(AR + FIR) - R2(AR), five blocks, each predicted from the other four;  latency = centroid of |h|

    on the smile channel, x_j against its own median; `extra` carries the plain gain of AU1+2, AU4 and AU7,
    which do not enter the verdict. A moment at which x_i is not measurable counts as rest.
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
        n = context.span_n(i, j) // _BLOCK * _BLOCK
        if not context.ready(i, j):
            return self.nothing(context, subject)
        smile = (context.roles.smile,)
        x, _ = _centred(context, i, n, smile)
        y, known = _centred(context, j, n, smile)
        keep = _still(y, known)
        seconds = float(keep.sum()) / context.rate_hz
        if seconds < MIN_S:
            return self.nothing(context, subject, n=seconds)
        shifts = np.concatenate(([0], circular_shifts(n, context.rate_hz, context.surrogates)))
        dR2, h = gain(grams(x, y, keep, shifts))
        size = np.abs(h[0])
        return Finding(
            name=self.name,
            subject=subject,
            t_ns=context.t_ns,
            value=float(dR2[0]),
            draws=dR2[1:],
            n=seconds,
            coverage=coverage,
            lag_s=float((size * np.arange(1, TAPS + 1)).sum() / max(size.sum(), 1e-300)) / context.rate_hz,
            extra={
                f"gain_{name}": _plain_gain(context, subject, n, rows)
                for name, rows in context.roles.low.items()
            },
        )


def grams(x: Floats, y: Floats, keep: NDArray[np.bool_], shifts: NDArray[np.int64]) -> Floats:
    """Gram matrices of [1, y(t), y(t-1..5), x(t-s-1..20)] over the kept t, [S, FOLDS, 27, 27].

    x and y are [n] without gaps, circular; t runs over five equal blocks; s over the shifts.
    """
    n = len(y)
    own = np.stack([np.ones(n), *(np.roll(y, a) for a in range(AR + 1))])
    masks = np.zeros((FOLDS, n))
    for fold, block in enumerate(np.array_split(np.arange(n), FOLDS)):
        masks[fold, block] = keep[block]
    G = np.zeros((len(shifts), FOLDS, len(own) + TAPS, len(own) + TAPS))
    G[..., : len(own), : len(own)] = np.einsum("ft,at,bt->fab", masks, own, own, optimize=True)
    at = (shifts[:, None] + np.arange(1, TAPS + 1)) % n
    # sum_t m(t) c(t) x(t - k) at every k is one correlation
    cross = fft.irfft(fft.rfft(masks[:, None] * own) * np.conj(fft.rfft(x)), n)
    G[..., : len(own), len(own) :] = cross[..., at].transpose(2, 0, 1, 3)
    G[..., len(own) :, : len(own)] = np.swapaxes(G[..., : len(own), len(own) :], 2, 3)
    # sum_t m(t) x(t - k) x(t - k - d): correlate the mask with x(u) x(u - d)
    products = np.stack([x * np.roll(x, d) for d in range(TAPS)])
    pairs = fft.irfft(fft.rfft(masks)[:, None] * np.conj(fft.rfft(products)), n)
    for d in range(TAPS):
        rows = np.arange(TAPS - d)
        values = pairs[:, d][:, at[:, : TAPS - d]].transpose(1, 0, 2)
        G[..., len(own) + rows, len(own) + rows + d] = values
        G[..., len(own) + rows + d, len(own) + rows] = values
    return G


def unshifted_grams(x: Floats, y: Floats, keep: NDArray[np.bool_]) -> Floats:
    """`grams` of shift 0 alone, by plain products, [1, FOLDS, 27, 27]."""
    lagged = [np.roll(x, b) for b in range(1, TAPS + 1)]
    X = np.stack([np.ones(len(y)), *(np.roll(y, a) for a in range(AR + 1)), *lagged]) * keep
    return np.stack([part @ part.T for part in np.array_split(X, FOLDS, axis=1)])[None]


def gain(G: Floats) -> tuple[Floats, Floats]:
    """dR2 of every shift, [S], and the kernel h fitted to all folds, [S, TAPS]."""
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
    x, seen = _centred(context, subject[0], n, rows)
    y, known = _centred(context, subject[1], n, rows)
    keep = _still(y, known)
    if min(seen.mean(), known.mean()) < MIN_VALID or keep.sum() < MIN_S * context.rate_hz:
        return None
    value = float(gain(unshifted_grams(x, y, keep))[0][0])
    return value if np.isfinite(value) else None


def _still(y: Floats, known: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Say where the face is nearly still and its own last samples are known, [n]."""
    keep = known & (np.abs(y) < STILL_SD)
    for lag in range(1, AR + 1):
        keep &= np.roll(known, lag)
    return keep


def _centred(
    context: Context, person: int, n: int, rows: tuple[int, ...]
) -> tuple[Floats, NDArray[np.bool_]]:
    """Mean of the channels around its own median, 0 where missing, [n], and where it is known."""
    z = context.z(person)[list(rows), -n:].mean(axis=0)
    known = np.isfinite(z)
    return np.where(known, z - np.median(z[known]) if known.any() else 0.0, 0.0), known
