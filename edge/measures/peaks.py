"""Running store of windowed peak correlations: near, local and far, per pair and channel, over the horizon.

For every hop and every offset s it keeps

    m_s = max_{|tau| <= L} atanh r(s + tau)

and the whole near profile Z(tau). The statistic at an offset is the mean of m_s over the windows, so the far
offsets give the same statistic where no coupling can be (null N1, "data sliding", Moulder et al. 2018).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from edge._native.windows import means as column_means
from edge.arrays import Floats, overwrite
from edge.formulas import FAR_S
from edge.records import Coupling

LEAST, LEAST_KEPT = 1 / 3, 1 / 6  # of the near windows that an offset must have: of all, of a part (ours)
R_LIMIT = float(np.tanh(10.0))  # Fisher z is clamped to +-10, as rMEA does


@dataclass(frozen=True, slots=True)
class PeakMeans:
    """The statistic of one pair and channel, at no lag and at every offset."""

    near: float
    """Mean over windows of max_tau Z; NaN without a window."""
    windows: int
    """Valid windows at the near lags."""
    local: Floats
    """The statistic at the local offsets (lags 2-8 s), [M]."""
    far: Floats
    """The statistic at the far offsets, [S], spread scaled to the number of near windows."""
    far_s: Floats
    """The far offsets, s, [S]."""

    def apart(self, hop_s: float, window_s: float) -> float:
        """Return how many windows that do not overlap fit into the time of these, one every `hop_s`."""
        return self.windows * min(hop_s, window_s) / window_s


@dataclass(frozen=True, slots=True)
class Profile:
    """How one pair and channel correlates at every lag."""

    lags_s: Floats
    """Near lags, s."""
    z: Floats
    """Mean over windows of Z at every near lag, [2L+1]."""
    far: Floats
    """The same at the one lag of every far offset, [S]: the null of a point of the profile."""


class Peaks:
    """Keeps the windows of the last `capacity` hops of every pair and correlated channel."""

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._hop = -1
        self._stores: dict[tuple[tuple[int, int], str], Windows] = {}

    def update(self, couplings: Sequence[Coupling]) -> None:
        """Take the couplings of one hop; forget pairs that are gone."""
        if not couplings:
            return
        self._hop += 1
        keys = {(coupling.pair, coupling.channel) for coupling in couplings}
        for gone in self._stores.keys() - keys:
            self._stores.pop(gone).wipe()
        for coupling in couplings:
            key = (coupling.pair, coupling.channel)
            if key not in self._stores:
                self._stores[key] = Windows(self._capacity, coupling)
            self._stores[key].add(self._hop % self._capacity, coupling)

    def wipe(self) -> None:
        """Overwrite and drop every window."""
        for store in self._stores.values():
            store.wipe()
        self._stores.clear()
        self._hop = -1

    def channels(self) -> tuple[str, ...]:
        """Names of the correlated channels, in the order of first appearance."""
        return tuple(dict.fromkeys(channel for _, channel in self._stores))

    def windows(self, pair: tuple[int, int], channel: str) -> "Windows | None":
        """Return the windows of one unordered pair, or None while there is nothing."""
        return self._stores.get((pair, channel))

    def means(self, pair: tuple[int, int], channel: str) -> PeakMeans | None:
        """Return the statistic of one unordered pair, or None while there is nothing."""
        store = self._stores.get((pair, channel))
        return None if store is None else store.means()


class Windows:
    """Windows of one pair and channel."""

    def __init__(self, capacity: int, coupling: Coupling) -> None:
        self.t_ns = np.zeros(capacity, dtype=np.int64)
        """Time of each hop, ns, [H]."""
        self.peaks = np.full((capacity, 1 + len(coupling.far_r)), np.nan, dtype=np.float32)
        """The peak of each hop, the near one first, [H, 1 + S]; NaN where a window is not valid."""
        self.offsets_s = coupling.offsets_s
        """The offsets, s, [S]."""
        self.profiles = np.full((capacity, len(coupling.r)), np.nan, dtype=np.float32)
        self._single = np.full((capacity, len(coupling.far_r)), np.nan, dtype=np.float32)
        self.lags_s = coupling.lags_s

    @property
    def far(self) -> NDArray[np.bool_]:
        """Which offsets are far, [S]; the others are local."""
        return np.abs(self.offsets_s) >= FAR_S

    def wipe(self) -> None:
        """Overwrite every window."""
        overwrite(self.t_ns, self.peaks, self.profiles, self._single)

    def add(self, at: int, coupling: Coupling) -> None:
        """Overwrite the oldest hop."""
        self.t_ns[at] = coupling.t_ns
        self.profiles[at] = _fisher(coupling.r)
        self._single[at] = _fisher(coupling.far_r[:, len(coupling.r) // 2])
        self.peaks[at, 0] = _peak(coupling.r[None])[0]
        self.peaks[at, 1:] = _peak(coupling.far_r)

    def means(self, owed: Floats | None = None, kept: NDArray[np.bool_] | None = None) -> PeakMeans:
        """Means over the valid windows, at the offsets less what they owe to their conditions, [S].

        `kept` [H, 1 + S]: which windows count; all of them by default.
        """
        far, least = self.far, LEAST if kept is None else LEAST_KEPT
        mean, count = column_means(self.peaks, None if kept is None else kept.view(np.uint8))
        mean[1:] -= 0.0 if owed is None else owed
        return PeakMeans(
            near=float(mean[0]),
            windows=int(count[0]),
            local=mean[1:][~far],
            far=_rescaled(mean[1:][far], count[1:][far], int(count[0]), least),
            far_s=self.offsets_s[far],
        )

    def profile(self) -> Profile:
        """Means over the windows at every lag; the spread of far ones as in `means`."""
        count = column_means(self.peaks)[1]
        single = column_means(self._single)[0][self.far]
        far = _rescaled(single, count[1:][self.far], int(count[0]), LEAST)
        return Profile(self.lags_s, column_means(self.profiles)[0], far)


def _peak(r: Floats) -> Floats:
    """Take the largest atanh r over the lags, [rows]; NaN where any lag is missing: fewer lags peak lower."""
    return _fisher(r.max(axis=1))


def _fisher(r: Floats) -> Floats:
    """Z = atanh r, clamped."""
    return np.asarray(np.arctanh(np.clip(r, -R_LIMIT, R_LIMIT)))


def _rescaled(stat: Floats, count: NDArray[np.int64], windows: int, least: float) -> Floats:
    """Far statistics as if each had as many windows as the near one.

    A far offset of a short session has fewer windows and a wider spread, one without the near gaps has more;
    its deviation from the common mean is scaled by sqrt(n_s / n). Offsets with less than that share
    of the windows are left out.
    """
    usable = (count >= max(1.0, least * windows)) & np.isfinite(stat)
    if not usable.any():
        return np.full(len(stat), np.nan)
    mu = np.average(stat[usable], weights=count[usable])
    scale = np.sqrt(count / max(windows, 1))
    return np.where(usable, mu + (stat - mu) * scale, np.nan)
