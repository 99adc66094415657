"""Measure 4, `configuration_alignment`: whether two faces show the same combination at the same time."""

import numpy as np
from numpy import fft
from numpy.typing import NDArray

from edge.arrays import Floats
from edge.measures.context import Context
from edge.measures.findings import Finding, Subject, drawn_mean
from edge.measures.matching import speech
from edge.measures.shifts import circular_shifts
from edge.measures.statistic import Statistic

Spectra = NDArray[np.complex128]
MEAN_S = 2.0
REST_SD = (
    3.0  # a resting channel stands 1.3 sd above its lowest tenth, its noise reaches 1.7 sd further (ours)
)
MIN_NORM = 0.5
SPEAKING = 0.5  # of a person's range of mouth motion (ours)
MIN_S = 15.0  # seconds in which both faces move (ours: people move a quarter of the time each)
BEST_S = 2.0


class ConfigurationAlignment(Statistic):
    """Spatial alignment of two faces (Cheong et al. 2023).

    A_ij = mean_t cos(xbar_i(t), xbar_j(t)) - mean over far shifts of the same,  xbar = 2 s mean of max(x, 0)

    over the vector of tier A and B channels, x above the noise of a resting face; a moment with a norm below
    .5 is undefined, so both faces move. The mean runs over the horizon. All shifts come from one circular
    cross-correlation of the unit vectors. Two speakers look alike and a speaker and a listener do not, so a
    shift is the mean over the four kinds of moments (who speaks), weighted as they occur at once. `extra`:
    the plain cosine, and the best of +-2 s with its lag.
    """

    name = "configuration_alignment"
    every_s = 10

    def find(self, context: Context, subject: Subject) -> Finding:
        """Compare the faces of one pair."""
        i, j = subject
        coverage = context.coverage(i, j)
        n = context.span_n(i, j)
        if not context.ready(i, j):
            return self.nothing(context, subject)
        u, v = _vectors(context, i)[:, -n:], _vectors(context, j)[:, -n:]
        cos, both = cosines(u, v)
        moments_s = float(both[0]) / context.rate_hz
        shifts = circular_shifts(n, context.rate_hz, context.surrogates)
        far = matched_cosines(u, v, _speaks(context, i, n), _speaks(context, j, n))[shifts]
        base = drawn_mean(far)
        if moments_s < MIN_S or not np.isfinite(base):
            return self.nothing(context, subject, n=moments_s)
        reach = round(BEST_S * context.rate_hz)
        near = np.concatenate((cos[-reach:], cos[: reach + 1])) - base
        best = int(np.nanargmax(near))
        return Finding(
            name=self.name,
            subject=subject,
            t_ns=context.t_ns,
            value=float(cos[0] - base),
            draws=far - base,
            n=moments_s,
            coverage=coverage,
            lag_s=(best - reach) / context.rate_hz,
            extra={"cosine": float(cos[0]), "best": float(near[best])},
        )


def unit_vectors(x: Floats, mean_n: int) -> Floats:
    """Xbar / |xbar| at every step, [C, n]: trailing mean of max(x, 0); 0 where undefined."""
    valid = np.isfinite(x)
    y = _trailing(np.where(valid, np.maximum(x, 0.0), 0.0), mean_n)
    n = _trailing(valid.astype(np.float64), mean_n)
    xbar = np.where(n >= 0.75 * mean_n, y / np.maximum(n, 1.0), np.nan)
    norm = np.sqrt(np.square(xbar).sum(axis=0))
    return np.where(norm >= MIN_NORM, xbar / np.maximum(norm, MIN_NORM), 0.0)


def cosines(u: Floats, v: Floats) -> tuple[Floats, Floats]:
    """Mean cosine and number of defined moments at every circular shift k: u(t) against v(t + k), [n]."""
    return _together(_spectra(u), _spectra(v), u.shape[1])


def matched_cosines(u: Floats, v: Floats, speaks_i: NDArray[np.bool_], speaks_j: NDArray[np.bool_]) -> Floats:
    """Mean cosine at every circular shift if the four kinds of moments were as frequent as unshifted, [n].

    A kind that a shift lacks counts as it does over all shifts.
    """
    total, weight = np.zeros(u.shape[1]), 0.0
    later = [_spectra(v * speaks_j), _spectra(v * ~speaks_j)]
    for a in (_spectra(u * speaks_i), _spectra(u * ~speaks_i)):
        for b in later:
            cos, both = _together(a, b, u.shape[1])
            if both[0] > 0:
                mean = np.nansum(cos * both) / both.sum()
                total += both[0] * np.where(both > 0, cos, mean)
                weight += both[0]
    return total / weight if weight else np.full(u.shape[1], np.nan)


def _speaks(context: Context, person: int, n: int) -> NDArray[np.bool_]:
    """Where a person's mouth is in the livelier half of its own range, [n]."""
    if context.roles.mouth is None:
        return np.zeros(n, dtype=bool)
    return np.asarray(speech(context, person)[-n:] > SPEAKING)


def _spectra(u: Floats) -> tuple[Spectra, Spectra]:
    """Fourier transforms of unit vectors, and of where they are defined."""
    return fft.rfft(u), fft.rfft((u != 0.0).any(axis=0).astype(np.float64))


def _together(u: tuple[Spectra, Spectra], v: tuple[Spectra, Spectra], n: int) -> tuple[Floats, Floats]:
    """`cosines` of two whose transforms are known."""
    dot = fft.irfft((np.conj(u[0]) * v[0]).sum(axis=0), n)
    both = np.rint(fft.irfft(np.conj(u[1]) * v[1], n))
    return np.where(both > 0, dot / np.maximum(both, 1.0), np.nan), both


def _trailing(x: Floats, n: int) -> Floats:
    """Sum over the last n samples, [C, N]; shorter at the start."""
    padded = np.concatenate((np.zeros((len(x), n)), np.cumsum(x, axis=1)), axis=1)
    return np.asarray(padded[:, n:] - padded[:, :-n])


def _vectors(context: Context, person: int) -> Floats:
    channels = list(context.roles.activity)
    return context.memo(
        ("vectors", person),
        lambda: unit_vectors(_usable(context.z(person)[channels]) - REST_SD, round(MEAN_S * context.rate_hz)),
    )


def _usable(z: Floats) -> Floats:
    """Leave out (as 0) a channel that is hardly ever measurable; the vector keeps its length."""
    valid = np.isfinite(z).sum(axis=1)
    return np.where((valid >= 0.75 * max(1, valid.max()))[:, None], z, 0.0)
