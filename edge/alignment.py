"""Where one recording of a meeting belongs on the clock of another, found from their sound.

Coarsely by the onsets of all sounds, then piece by piece by the phases of the waves (generalised cross-
correlation with phase transform: Knapp & Carter 1976): what both microphones heard arrives together. The
pieces show how certain the offset is, and whether the two clocks drift.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from edge.arrays import Floats
from edge.errors import SignalsError
from edge.formulas import MAD_TO_SD

Samples = NDArray[np.int16]

ONSET_HZ = 100  # steps of the coarse search
BAND_HZ = (100.0, 3400.0)  # of a voice
PIECE_S, PIECES_N = 8.0, 32  # each piece, and how many at most, spread over the recording
REACH_S = 0.5  # a piece may lie this far from the coarse offset: drift, and the coarse step
AGREE_S = 0.01  # pieces this near the common line agree
LEAST_N, LEAST_SHARE = 3, 0.5  # of the pieces that must agree
SHARP_SD = 8.0  # height of a piece's peak above the noise of its correlation, below which it has none
DRIFT_S = 60.0  # shortest stretch of pieces over which a drift is looked for


@dataclass(frozen=True, slots=True, kw_only=True)
class Alignment:
    """One recording on the clock of another: t' = offset_s + (1 + drift) t."""

    offset_s: float
    """Time of its zero on the other's clock, s."""
    drift: float
    """By how much its clock is slow, s per s; 0 where the recordings are too short to see one."""
    spread_s: float
    """Robust standard deviation of the pieces about the line, s."""
    agreeing: int
    """Pieces within `AGREE_S` of the line."""
    pieces: int
    """Pieces looked at."""


def align(a: Samples, b: Samples, rate_hz: int) -> Alignment:
    """Find when, on the clock of sound `a`, sound `b` began; `SignalsError` without common sound."""
    if min(len(a), len(b)) < PIECE_S * rate_hz:
        shorter_s = min(len(a), len(b)) / rate_hz
        raise SignalsError(f"expected at least {PIECE_S:g} s of sound, got {shorter_s:.1f} s")
    coarse_s = _coarse_s(a, b, rate_hz)
    found = [_piece(a, b, at_s, coarse_s, rate_hz) for at_s in _pieces_s(a, b, coarse_s, rate_hz)]
    sharp = np.array([one for one in found if one is not None]).reshape(-1, 2)
    if len(sharp) >= LEAST_N:
        drift = _drift(sharp)
        residual = sharp[:, 1] - drift * sharp[:, 0]
        offset_s = float(np.median(residual))
        near = np.abs(residual - offset_s) <= AGREE_S
        if near.sum() >= max(LEAST_N, LEAST_SHARE * len(found)):
            spread_s = MAD_TO_SD * float(np.median(np.abs(residual - offset_s)))
            return Alignment(
                offset_s=offset_s,
                drift=drift,
                spread_s=spread_s,
                agreeing=int(near.sum()),
                pieces=len(found),
            )
    got = f"{len(sharp)} of {len(found)} pieces that fit anywhere"
    raise SignalsError(f"expected sound of one meeting in both recordings, got {got}")


def _coarse_s(a: Samples, b: Samples, rate_hz: int) -> float:
    """Offset at which the onsets of both agree best, to one step."""
    x, y = _onsets(a, rate_hz), _onsets(b, rate_hz)
    n = 1 << (len(x) + len(y)).bit_length()
    r = np.fft.irfft(np.fft.rfft(x, n) * np.conj(np.fft.rfft(y, n)), n)
    lag = int(np.argmax(r))
    return (lag if lag < len(x) else lag - n) / ONSET_HZ


def _onsets(samples: Samples, rate_hz: int) -> Floats:
    """Rise of the loudness at each step, without mean."""
    step = rate_hz // ONSET_HZ
    frames = samples[: len(samples) // step * step].reshape(-1, step)
    loud = np.log(np.square(np.diff(frames.astype(np.float32), axis=1)).mean(axis=1) + 1.0)
    rise = np.maximum(np.diff(loud, prepend=loud[:1]), 0.0)
    return np.asarray(rise - rise.mean(), np.float64)


def _pieces_s(a: Samples, b: Samples, offset_s: float, rate_hz: int) -> Floats:
    """Return where the pieces of `b` start, s, spread over what both recordings hold."""
    begin_s = max(0.0, REACH_S - offset_s)
    end_s = min(len(b) / rate_hz, len(a) / rate_hz - offset_s - REACH_S) - PIECE_S
    n = int(min(PIECES_N, (end_s - begin_s) // (PIECE_S / 4) + 1))
    return np.linspace(begin_s, end_s, n) if n > 0 else np.empty(0)


def _piece(a: Samples, b: Samples, at_s: float, offset_s: float, rate_hz: int) -> tuple[float, float] | None:
    """Return the middle and the offset of one piece of `b`, s; None where no peak stands out."""
    n, reach = round(PIECE_S * rate_hz), round(REACH_S * rate_hz)
    first = round((at_s + offset_s) * rate_hz) - reach
    start = round(at_s * rate_hz)
    x = np.asarray(a[max(0, first) : first + n + 2 * reach], np.float64)
    y = np.asarray(b[start : start + n], np.float64)
    r = _phases(x, y, rate_hz)[: 2 * reach + 1]
    k = int(np.argmax(r))
    noise = MAD_TO_SD * float(np.median(np.abs(r - np.median(r))))
    if not 0 < k < len(r) - 1 or r[k] <= SHARP_SD * noise:
        return None
    shift = (r[k - 1] - r[k + 1]) / (2 * (r[k - 1] - 2 * r[k] + r[k + 1]))
    return (start + n / 2) / rate_hz, (max(0, first) + k + shift - start) / rate_hz


def _phases(x: Floats, y: Floats, rate_hz: int) -> Floats:
    """Cross-correlation of the phases in the band of a voice, from lag 0 on."""
    n = 1 << (len(x) + len(y)).bit_length()
    cross = np.fft.rfft(x, n) * np.conj(np.fft.rfft(y, n))
    hertz = np.fft.rfftfreq(n, 1 / rate_hz)
    band = (hertz >= BAND_HZ[0]) & (hertz <= BAND_HZ[1])
    size = np.abs(cross)
    return np.fft.irfft(np.divide(cross, size, out=np.zeros_like(cross), where=band & (size > 0)), n)


def _drift(pieces: Floats) -> float:
    """Median slope of the offsets over time (Theil and Sen), s per s; 0 over a short stretch."""
    at_s, offset_s = pieces.T
    i, j = np.triu_indices(len(at_s), 1)
    far = np.abs(at_s[j] - at_s[i]) >= DRIFT_S
    if not far.any():
        return 0.0
    return float(np.median((offset_s[j] - offset_s[i])[far] / (at_s[j] - at_s[i])[far]))
