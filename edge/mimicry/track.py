"""One person's signals on the uniform grid: linear across gaps of at most half a second, NaN beyond."""

import numpy as np

from edge.arrays import Floats, overwrite
from edge.formulas import MAD_TO_SD

MAX_GAP_NS = 500_000_000  # longer gaps are never bridged (ours)
SLACK = 8  # share of the horizon, one in this many, by which the ring is longer
SCALE_N = 50  # grid samples that fix a channel's offset and scale: 5 s at 10 Hz (ours)
_NEVER_NS = -(2**61)


class Track:
    """Resamples the rows (channels and pose) of one person and keeps them for the horizon.

    The last n samples are always one contiguous view: the ring is an eighth longer than the horizon, and what
    is kept moves to its front when the end is reached. Channels are standardised by
    the median and the robust scale of their own first 5 s on the grid: signals from anywhere, in any unit,
    fit the quantiser, and a gain or an offset leaves every stored number as it was.
    """

    def __init__(self, rows: int, signals: int, horizon_n: int, step_ns: int) -> None:
        self.last_ns = _NEVER_NS
        self.gain = float("nan")
        self._signals = signals
        self._step_ns = step_ns
        self._pending = np.full((MAX_GAP_NS // step_ns + 3, rows), np.nan)
        self._value = np.full(rows, np.nan)
        self._value_ns = np.full(rows, _NEVER_NS, dtype=np.int64)
        self._offset = np.full(signals, np.nan)
        self._scale = np.full(signals, np.nan)
        self._first: list[list[float]] = [[] for _ in range(signals)]
        self._ring = np.full((rows, horizon_n + horizon_n // SLACK + 1), np.nan)
        self._horizon_n = self._end = horizon_n

    def add(self, t_ns: int, row: Floats, emitted: int) -> None:
        """Take one sample of every row and fill the grid steps after `emitted` that it decides."""
        valid = np.isfinite(row)
        gap = t_ns - self._value_ns
        last = t_ns // self._step_ns
        for step in range(max(emitted + 1, (t_ns - MAX_GAP_NS) // self._step_ns), last + 1):
            at = step * self._step_ns
            fill = valid & (self._value_ns < at) & (gap <= MAX_GAP_NS)
            weight = (at - self._value_ns[fill]) / gap[fill]
            slot = self._pending[step % len(self._pending)]
            slot[fill] = self._value[fill] + weight * (row[fill] - self._value[fill])
            if at == t_ns:
                slot[valid] = row[valid]
        self._value[valid] = row[valid]
        self._value_ns[valid] = t_ns
        self.last_ns = t_ns

    def decided(self, step: int, now_ns: int) -> bool:
        """Whether no later sample can change this grid step."""
        at = step * self._step_ns
        return bool(np.all((self._value_ns >= at) | (now_ns - self._value_ns > MAX_GAP_NS)))

    def emit(self, step: int) -> Floats:
        """Move one step from pending into the ring; return the standardised channels, [C]."""
        slot = self._pending[step % len(self._pending)]
        row = slot.copy()
        slot[:] = np.nan
        self._learn_scale(row)
        row[: self._signals] = (row[: self._signals] - self._offset) / self._scale
        self._push(row)
        return np.asarray(row[: self._signals])

    def history(self, n: int) -> Floats:
        """View the last n steps, at most the horizon, [rows, n], oldest first; valid until the next step."""
        view: Floats = self._ring[:, self._end - n : self._end]
        view.flags.writeable = False
        return view

    def _push(self, row: Floats) -> None:
        if self._end == self._ring.shape[1]:
            kept = self._horizon_n - 1
            self._ring[:, :kept] = self._ring[:, self._end - kept :]
            self._end = kept
        self._ring[:, self._end] = row
        self._end += 1

    def wipe(self) -> None:
        """Overwrite every sample."""
        overwrite(self._pending, self._value, self._value_ns, self._ring, self._offset, self._scale)
        for first in self._first:
            first.clear()

    def _learn_scale(self, row: Floats) -> None:
        """Fix offset and scale of a channel once its first samples are in and not all the same."""
        for k in np.flatnonzero(np.isnan(self._scale) & np.isfinite(row[: self._signals])):
            first = self._first[k]
            first.append(row[k])
            if len(first) >= SCALE_N:
                centre = float(np.median(first))
                scale = MAD_TO_SD * float(np.median(np.abs(np.asarray(first) - centre)))
                scale = scale if scale > 0.0 else float(np.std(first))
                if scale > 0.0:
                    self._offset[k], self._scale[k] = centre, scale
                    first.clear()
