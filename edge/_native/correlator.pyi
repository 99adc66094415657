"""Streaming lagged correlation of every pair of people, on every channel, at every lag, in exact integers.

Alignment (the only one, that of rMEA): with the newest sample at time t, a window of W samples and lags
-L..L,

    lag l >= 0:  x_i over [t-L-W+1, t-L]  against  x_j over the same shifted l later
    lag l <  0:  x_j over [t-L-W+1, t-L]  against  x_i over the same shifted |l| later

so a positive lag means that i moves first and j follows, and r(i, j, l) = r(j, i, -l). Window w of an offline
recording ends at t = w * hop + W + L - 1.

Far lags (null N1): around every offset s, lags s-L..s+L. The earlier series stands at [t-L-|s|-W+1, t-L-|s|],
the later one slides over windows that end at t-2L..t. Positive s: i is the earlier.

After each push the sums over valid sample pairs are exact: they depend on the samples in the rings alone,
never on how they came there. Pairs are unordered (i < j) in lexicographic order: (0,1), (0,2), ..., (slots-2,
slots-1).
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

MISSING: int
"""The int16 that marks a missing sample, -32768."""
MAX_SLOTS: int
"""Most people at once, 16."""
MAX_CHANNELS: int
"""Most channels, 32."""

class Correlator:
    """Exact lagged sums over all pairs of `slots` people and `channels` channels.

    Parameters
    ----------
    slots : int
        Places for people, 1..16. A slot is empty until `enter`.
    channels : int
        Channels of each person, 1..32; channel c of one is held against channel c of the other.
    windows : sequence of (window_n, lags_n, offsets_n)
        Up to 8 windows, each (W, L, offsets): W samples 2..32768, lags 0 <= L < W, and the far-lag offsets s
        in samples, two-sided, distinct, |s| >= max(L, 1); an empty tuple for none.
    min_coverage : float
        r is NaN where fewer than ceil(min_coverage * W) sample pairs are valid, 0 < min_coverage <= 1.

    Raises
    ------
    ValueError
        Names the value and leaves nothing half-built. Every method raises ValueError (or TypeError for what
        is no number or array) for arguments that do not fit, before the state is touched.

    Notes
    -----
    Memory is taken once: `state_bytes` for the sums plus rings of `history_n` samples a slot and channel.
    Nothing is allocated by `push`. The GIL is released by `push` and `push_block`;
    one correlator is for one thread at a time.
    """

    def __init__(
        self,
        slots: int,
        channels: int,
        windows: Sequence[tuple[int, int, Sequence[int]]],
        *,
        min_coverage: float = 0.75,
    ) -> None: ...
    @property
    def slots(self) -> int:
        """Places for people."""
    @property
    def channels(self) -> int:
        """Channels of each person."""
    @property
    def windows(self) -> tuple[tuple[int, int, tuple[int, ...]], ...]:
        """(window_n, lags_n, offsets_n) of every window as given."""
    @property
    def pairs(self) -> tuple[tuple[int, int], ...]:
        """Slots of every pair in the order of the first axis of `coverage`, P = slots * (slots - 1) / 2."""
    @property
    def active(self) -> tuple[int, ...]:
        """Slots with somebody in them, ascending."""
    @property
    def pushed(self) -> int:
        """Frames pushed since construction or the last `clear`."""
    @property
    def history_n(self) -> int:
        """Samples kept of every slot and channel: at least L + W + max(L, |s|) of every window."""
    @property
    def state_bytes(self) -> int:
        """Size of the lagged sums, the memory that one push reads and writes."""
    @property
    def frame(self) -> NDArray[np.int16]:
        """The input of the next `push`, int16 [slots, channels]: fill it in; `push` resets it to MISSING."""
    def enter(self, slot: int) -> None:
        """Somebody takes an empty slot; their past is missing. ValueError when taken or out of range."""
    def leave(self, slot: int) -> None:
        """Empty a slot and overwrite its samples; other pairs are not disturbed. ValueError when empty."""
    @property
    def memory(self) -> tuple[bytes, ...]:
        """Copies of every ring, sum and scratch, as bytes, for looking at what a wipe leaves."""

    def wipe(self) -> None:
        """Overwrite every sample and sum and empty every slot: nothing of the past remains (mute)."""
    def push(self) -> None:
        """Take `frame` as the next sample of everybody; values in empty slots are ignored."""
    def push_block(self, frames: NDArray[np.int16]) -> None:
        """Push frames [n, slots, channels] in order: the same as n times `push`, bit for bit."""
    def r(
        self, window: int, i: int, j: int, channel: int, out: NDArray[np.float64] | None = None
    ) -> NDArray[np.float64]:
        """Pearson r of slots i and j at lags -L..L of one window, float64 [2L+1].

        Computed from the exact integers over the valid pairs (n of them) at each lag:

            r = (n Sxy - Sx Sy) / sqrt((n Sxx - Sx^2) (n Syy - Sy^2)),  -1 <= r <= 1

        NaN where coverage is short, where either side is constant over the valid pairs, and for empty slots.
        """
    def far_r(
        self, window: int, i: int, j: int, channel: int, out: NDArray[np.float64] | None = None
    ) -> NDArray[np.float64]:
        """Pearson r around every far-lag offset s: lags s-L..s+L in ascending order, float64 [S, 2L+1].

        For i > j the offsets count from j as the earlier slot: row k lies around minus its offset.
        """
    def coverage(self, window: int, out: NDArray[np.float64] | None = None) -> NDArray[np.float64]:
        """Share of valid sample pairs at lag 0, 0..1, float64 [P, channels]; 0 for empty slots."""
    def sums(self, window: int, i: int, j: int, channel: int, offset: int = 0) -> NDArray[np.int64]:
        """Exact sums over the valid pairs, int64 [2L+1, 6]: n, Sx, Sy, Sxx, Syy, Sxy (x is slot i).

        `offset` 0: the near lags; else one of the window's far-lag offsets (its negative for i > j).
        """
    def history(self, slot: int, channel: int) -> NDArray[np.int16]:
        """Copy of the ring, oldest first, MISSING where nothing valid was pushed, int16 [history_n]."""

def simd_levels() -> tuple[str, ...]:
    """Names of the kernels that run here, slowest first: portable, then avx2 or neon."""

def simd() -> str:
    """Name of the kernel in use; the fastest one unless `select_simd` was called."""

def select_simd(name: str) -> None:
    """Use another kernel in the whole process; all give the same bits. ValueError if it cannot run here."""
