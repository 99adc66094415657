"""The slow mode of windowed correlation: by default windows of 30 s, lags of +-5 s; one every 10 s."""

from itertools import combinations

import numpy as np
from numpy import fft
from numpy.typing import NDArray

from edge.arrays import Floats
from edge.config.sections import MimicrySection
from edge.formulas import FAR_S
from edge.records import Coupling, Tick

HOP_S = 10.0  # between two windows (design: 30/+-5/10)
MIN_VALID = 0.75
FLAT = 1e-9  # share of the square sum under which a window does not vary


def spacing_s(section: MimicrySection) -> float:
    """Return the time from one slow window to the next, s: they come with a hop."""
    return max(HOP_S, section.hop_s)


class Slow:
    """Computes the newest slow window of every pair, on the leading channel, at near and far lags.

    Alignment is that of the fast correlation: the earlier series stands still at [t-L-|s|-W+1, t-L-|s|], the
    later one slides over windows that end at t-2L..t (near: t-L..t); positive lags: i moves first.
    """

    def __init__(self, section: MimicrySection) -> None:
        self._window_n = round(section.slow_window_s * section.rate_hz)
        self._lags_n = round(section.slow_max_lag_s * section.rate_hz)
        self._hop_s = section.hop_s

    def couplings(self, tick: Tick, channel: int) -> list[Coupling]:
        """Couplings of all pairs when a window is due, at the first hop of every 10 s, else none."""
        t_s = tick.t_ns / 1e9
        if not tick.couplings or t_s // HOP_S == (t_s - self._hop_s) // HOP_S:
            return []
        offsets_s = tick.offsets_s[np.abs(tick.offsets_s) >= FAR_S]
        far_n = np.rint(offsets_s * tick.rate_hz).astype(np.int64)
        length = self._window_n + self._lags_n + int(np.abs(far_n).max(initial=self._lags_n))
        series = {person: _newest(tick.x[person][channel], length) for person in tick.people}
        lags_s = np.arange(-self._lags_n, self._lags_n + 1) / tick.rate_hz
        found = []
        for i, j in combinations(tick.people, 2):
            r, far_r = self._pair(series[i], series[j], far_n)
            n = np.isfinite(series[i][-self._window_n :]) & np.isfinite(series[j][-self._window_n :])
            found.append(
                Coupling(
                    pair=(i, j),
                    channel=tick.channels[channel],
                    t_ns=tick.t_ns,
                    lags_s=lags_s,
                    r=r,
                    offsets_s=offsets_s,
                    far_r=far_r,
                    coverage=float(n.mean()),
                )
            )
        return found

    def _pair(self, x: Floats, y: Floats, far_n: NDArray[np.int64]) -> tuple[Floats, Floats]:
        """Return r at the near lags, [2L+1], and around every far offset, [S, 2L+1]."""
        W, L = self._window_n, self._lags_n
        back = np.concatenate(([0], np.abs(far_n)))
        later = [v[-W - 2 * L :] for v in (x, y)]
        earlier = [np.stack([v[len(v) - L - s - W : len(v) - L - s] for s in back.tolist()]) for v in (x, y)]
        i_first = sliding_r(earlier[0], later[1])
        j_first = sliding_r(earlier[1], later[0])[:, ::-1]
        near = np.concatenate((j_first[0, :L], i_first[0, L:]))
        return near, np.where((far_n > 0)[:, None], i_first[1:], j_first[1:])


def sliding_r(a: Floats, b: Floats) -> Floats:
    """Pearson r of every row of a [S, W] with b [K + W - 1] from every start on, valid pairs only, [S, K].

    NaN under 75 % valid pairs and where either is constant over them. Every sum over all starts is one
    correlation by Fourier transform.
    """
    (A, known_a), (B, known_b) = _filled(a), _filled(b)
    known_a = known_a[:1] if known_a.all() else known_a  # then all rows are alike
    at_a = [np.conj(fft.rfft(v, len(b))) for v in (known_a, A, A * A)]
    at_b = [fft.rfft(v) for v in (known_b, B, B * B)]
    starts = len(b) - a.shape[1] + 1

    def total(k: int, m: int) -> Floats:
        return np.asarray(fft.irfft(at_a[k] * at_b[m], len(b))[:, :starts])

    n, Sa, Sb = np.rint(total(0, 0)), total(1, 0), total(0, 1)
    Saa, Sbb, Sab = total(2, 0), total(0, 2), total(1, 1)
    var_a, var_b = n * Saa - Sa**2, n * Sbb - Sb**2
    usable = (n >= MIN_VALID * a.shape[1]) & (var_a > FLAT * n * Saa) & (var_b > FLAT * n * Sbb)
    scale = np.sqrt(np.where(usable, var_a * var_b, 1.0))
    return np.where(usable, np.clip((n * Sab - Sa * Sb) / scale, -1.0, 1.0), np.nan)


def _filled(x: Floats) -> tuple[Floats, Floats]:
    """Values around their mean, 0 where missing, and 1 where known."""
    known = np.isfinite(x)
    mean = x[known].mean() if known.any() else 0.0
    return np.where(known, x - mean, 0.0), known.astype(np.float64)


def _newest(x: Floats, n: int) -> Floats:
    """Last n samples, missing where there are none yet."""
    return np.concatenate((np.full(max(0, n - len(x)), np.nan), x[-n:]))
