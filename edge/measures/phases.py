"""Band-limited phase of a signal as unit vectors, for the measures of rhythm."""

import numpy as np
from numpy.typing import NDArray
from scipy import signal

from edge.measures.context import Context

Floats = NDArray[np.float64]
Phases = NDArray[np.complex128]
RATE_HZ = 5.0  # phases of bands up to 1.1 Hz are kept at 5 Hz
WINDOW_S = 60.0
HOP_S = 5.0
ORDER = 2


def unit_phases(x: Floats, rate_hz: float, band_hz: tuple[float, float]) -> Phases:
    """e^{i phi(t)} of the analytic signal in a band, [n]; NaN where x is missing.

    Butterworth of order 2 forwards and backwards (no phase shift), gaps bridged linearly for the filter only.
    """
    known = np.isfinite(x)
    if known.sum() < 10 * rate_hz or not np.ptp(x[known]) > 0.0:
        return np.full(len(x), np.nan + 0j)
    t = np.arange(len(x))
    filled = np.interp(t, t[known], x[known])
    sos = signal.butter(ORDER, band_hz, btype="bandpass", fs=rate_hz, output="sos")
    analytic = signal.hilbert(signal.sosfiltfilt(sos, filled - filled.mean()))
    return np.where(known, analytic / np.maximum(np.abs(analytic), 1e-300), np.nan)


def ring_phases(context: Context, key: tuple[object, ...], x: Floats, band_hz: tuple[float, float]) -> Phases:
    """Return unit phases of a ring series at 5 Hz, newest last, shared by all pairs at this hop."""

    def thinned() -> Phases:
        start = int(np.argmax(np.isfinite(x))) if np.isfinite(x).any() else 0
        u = np.full(len(x), np.nan + 0j)
        u[start:] = unit_phases(x[start:], context.rate_hz, band_hz)
        return u[::-1][:: round(context.rate_hz / RATE_HZ)][::-1]

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
