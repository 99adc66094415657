"""Band-limited phase of a signal as unit vectors, for the measures of rhythm."""

import numpy as np
from numpy import fft
from numpy.typing import NDArray

from edge.arrays import Floats
from edge.measures.context import Context

Phases = NDArray[np.complex128]
RATE_HZ = 5.0  # phases of bands up to 1.1 Hz are kept at 5 Hz, which every grid divides by
WINDOW_S = 60.0
HOP_S = 5.0
ORDER = 2


def unit_phases(x: Floats, rate_hz: float, band_hz: tuple[float, float]) -> Phases:
    """e^{i phi(t)} of the analytic signal in a band, [n]; NaN where x is missing.

    Butterworth of order N = 2 forwards and backwards (no phase shift), as its power response on the spectrum,

        |H(f)|^2 = 1 / (1 + ((f^2 - f1 f2) / (f (f2 - f1)))^2N),  f > 0,  else 0 (the analytic signal)

    with the ends continued by point reflection. Gaps are bridged linearly for the filter only.
    """
    known = np.isfinite(x)
    if known.sum() < 10 * rate_hz or not np.ptp(x[known]) > 0.0:
        return np.full(len(x), np.nan + 0j)
    t = np.arange(len(x))
    filled = np.interp(t, t[known], x[known])
    pad = min(len(x) - 1, round(2 * rate_hz / band_hz[0]))
    spectrum = fft.fft(np.pad(filled, pad, mode="reflect", reflect_type="odd"))
    analytic = fft.ifft(spectrum * _response(len(spectrum), rate_hz, band_hz))[pad : pad + len(x)]
    return np.where(known, analytic / np.maximum(np.abs(analytic), 1e-300), np.nan)


def _response(n: int, rate_hz: float, band_hz: tuple[float, float]) -> Floats:
    """|H|^2 at the frequencies of an FFT of n samples, 0 at and below 0 Hz."""
    f, (low_hz, high_hz) = fft.fftfreq(n, 1 / rate_hz), band_hz
    response = np.zeros(n)
    up = f > 0
    offset = (f[up] ** 2 - low_hz * high_hz) / (f[up] * (high_hz - low_hz))
    response[up] = 1 / (1 + offset ** (2 * ORDER))
    return response


def ring_phases(context: Context, key: tuple[object, ...], x: Floats, band_hz: tuple[float, float]) -> Phases:
    """Return unit phases of a ring series at 5 Hz, newest last, shared by all pairs at this hop."""

    def thinned() -> Phases:
        start = int(np.argmax(np.isfinite(x))) if np.isfinite(x).any() else 0
        u = np.full(len(x), np.nan + 0j)
        u[start:] = unit_phases(x[start:], context.rate_hz, band_hz)
        return context.thinned(u, RATE_HZ)

    return context.memo(("phases", band_hz, *key), thinned)


def window_means(u: Phases) -> Phases:
    """Mean of u [..., n] at 5 Hz over windows of 60 s every 5 s, the last at the newest sample, [..., W].

    NaN under 75 % valid samples.
    """
    hop, blocks = round(HOP_S * RATE_HZ), round(WINDOW_S / HOP_S)
    n = u.shape[-1] // hop * hop
    parts = u[..., u.shape[-1] - n :].reshape(*u.shape[:-1], -1, hop)
    known = np.isfinite(parts)
    total = _moving(np.where(known, parts, 0.0).sum(axis=-1), blocks)
    count = _moving(known.sum(axis=-1).astype(np.complex128), blocks).real
    return np.where(count >= 0.75 * hop * blocks, total / np.maximum(count, 1.0), np.nan)


def _moving(x: Phases, blocks: int) -> Phases:
    return np.asarray(np.lib.stride_tricks.sliding_window_view(x, blocks, axis=-1).sum(axis=-1))
