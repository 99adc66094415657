"""Streaming lagged correlation of every pair, in exact integers: the Python face of engine.h and read.h.

The contract stands in `correlator.pyi`.
"""

from itertools import combinations

import numpy as np

from edge._native.checks import array, lag_windows, output, whole

from libc.stdint cimport int16_t, int64_t, uint8_t, uint64_t
from libc.stdlib cimport calloc, free
from libc.string cimport memset


cdef extern from "read.h" nogil:
    const int MAX_SLOTS_C "MAX_SLOTS"
    const int MAX_CHANNELS_C "MAX_CHANNELS"
    const int MAX_BANDS
    const int LAG_LEVELS_N

    ctypedef struct lag_level:
        const char *name

    ctypedef struct lag_sums:
        int64_t n, x, y, xx, yy, xy

    ctypedef struct moments:
        uint64_t n, sum, square

    ctypedef struct band:
        int window_n, lags_n, offsets_n, need_n, ring_n
        int64_t *sums
        int16_t *moving

    ctypedef struct engine:
        int slots, channels, bands_n, ring_n
        uint64_t pushed
        uint8_t active[16]
        band bands[8]
        int16_t *values
        moments *cumulated

    const lag_level *LAG_LEVELS
    int lag_level_now
    void lag_level_choose()
    void lag_level_use(int level)
    int lag_level_runs(int level)
    engine *engine_new(
        int slots, int channels, int bands_n, const int *shapes, const int *offsets, double coverage
    )
    void engine_free(engine *e)
    size_t band_bytes(const engine *e, const band *b)
    size_t engine_state_bytes(const engine *e)
    void engine_wipe(engine *e, int slot)
    void engine_clear(engine *e)
    void engine_push(engine *e, const int16_t *frame)
    int16_t engine_value(const engine *e, int slot, int channel, int age)
    void sums_read(const engine *e, const band *b, int i, int j, int channel, int index, lag_sums *out)
    void pearson_read(
        const engine *e, const band *b, int i, int j, int channel, int index, lag_sums *scratch, double *out
    )
    double coverage_read(const engine *e, const band *b, int i, int j, int channel)

MISSING = -(1 << 15)
MAX_SLOTS = MAX_SLOTS_C
MAX_CHANNELS = MAX_CHANNELS_C

lag_level_choose()


def simd_levels():
    """Names of the kernels that run here, slowest first."""
    return tuple(LAG_LEVELS[k].name.decode() for k in range(LAG_LEVELS_N) if lag_level_runs(k))


def simd():
    """Name of the kernel in use."""
    return LAG_LEVELS[lag_level_now].name.decode()


def select_simd(name):
    """Use another kernel in the whole process; all give the same bits."""
    if name not in simd_levels():
        raise ValueError(f"expected one of {', '.join(simd_levels())}, got {name!r} at name")
    for level in range(LAG_LEVELS_N):
        if LAG_LEVELS[level].name.decode() == name:
            lag_level_use(level)


cdef class Correlator:
    """Exact lagged sums over all pairs of `slots` people and `channels` channels."""

    cdef engine *_engine
    cdef lag_sums *_scratch
    cdef size_t _scratch_bytes
    cdef readonly tuple windows, pairs
    cdef readonly object frame
    cdef int16_t[:, ::1] _frame

    def __cinit__(self, slots, channels, windows, *, min_coverage=0.75):
        slots = whole(slots, "slots", 1, MAX_SLOTS)
        channels = whole(channels, "channels", 1, MAX_CHANNELS)
        checked = lag_windows(windows, MAX_BANDS)
        if not 0.0 < min_coverage <= 1.0:
            raise ValueError(f"expected a share 0 < c <= 1, got {min_coverage} at min_coverage")
        cdef int[::1] shapes = np.array([(w, n, len(s)) for w, n, s in checked], np.intc).ravel()
        cdef int[::1] offsets = np.array([*(s for w in checked for s in w[2]), 0], np.intc)
        self._engine = engine_new(slots, channels, len(checked), &shapes[0], &offsets[0], min_coverage)
        self._scratch_bytes = (2 * max(n for _, n, _ in checked) + 1) * sizeof(lag_sums)
        self._scratch = <lag_sums *>calloc(1, self._scratch_bytes)
        if self._engine is NULL or self._scratch is NULL:
            raise MemoryError(f"expected memory for {slots} slots, {channels} channels, windows {checked}")
        self.windows = checked
        self.pairs = tuple(combinations(range(slots), 2))
        self.frame = np.full((slots, channels), MISSING, np.int16)
        self._frame = self.frame

    def __dealloc__(self):
        engine_free(self._engine)
        free(self._scratch)

    @property
    def slots(self):
        """Places for people."""
        return self._engine.slots

    @property
    def channels(self):
        """Channels of each person."""
        return self._engine.channels

    @property
    def active(self):
        """Slots with somebody in them, ascending."""
        return tuple(slot for slot in range(self._engine.slots) if self._engine.active[slot])

    @property
    def pushed(self):
        """Frames pushed since construction or the last `wipe`."""
        return self._engine.pushed

    @property
    def history_n(self):
        """Samples kept of every slot and channel."""
        return self._engine.ring_n

    @property
    def state_bytes(self):
        """Size of the lagged sums."""
        return engine_state_bytes(self._engine)

    def enter(self, slot):
        """Somebody takes an empty slot."""
        slot = whole(slot, "slot", 0, self._engine.slots - 1)
        if self._engine.active[slot]:
            raise ValueError(f"expected an empty slot, got the taken one {slot} at slot")
        self._engine.active[slot] = 1

    def leave(self, slot):
        """Empty a slot and overwrite its samples."""
        slot = whole(slot, "slot", 0, self._engine.slots - 1)
        if not self._engine.active[slot]:
            raise ValueError(f"expected a taken slot, got the empty one {slot} at slot")
        engine_wipe(self._engine, slot)

    def wipe(self):
        """Overwrite every sample and sum and empty every slot."""
        self._frame[:, :] = MISSING
        engine_clear(self._engine)
        memset(self._scratch, 0, self._scratch_bytes)

    @property
    def memory(self):
        """Copies of every ring, sum and scratch, as bytes, for looking at what a wipe leaves."""
        cdef engine *e = self._engine
        cdef size_t lines = e.slots * e.channels
        cdef int k
        held = [
            (<char *>e.values)[: lines * 2 * e.ring_n * sizeof(int16_t)],
            (<char *>e.cumulated)[: lines * e.ring_n * sizeof(moments)],
            (<char *>self._scratch)[: self._scratch_bytes],
        ]
        for k in range(e.bands_n):
            held.append((<char *>e.bands[k].sums)[: band_bytes(e, &e.bands[k])])
            held.append((<char *>e.bands[k].moving)[: lines * 4 * e.bands[k].ring_n * sizeof(int16_t)])
        return tuple(held)

    def push(self):
        """Take `frame` as the next sample of everybody and reset it to missing."""
        with nogil:
            engine_push(self._engine, &self._frame[0, 0])
            self._frame[:, :] = -32768

    def push_block(self, frames):
        """Push frames [n, slots, channels] in order."""
        cdef const int16_t[:, :, ::1] block = array(
            frames, "frames", np.int16, (None, self._engine.slots, self._engine.channels)
        )
        cdef Py_ssize_t k
        with nogil:
            for k in range(block.shape[0]):
                engine_push(self._engine, &block[k, 0, 0])

    def _at(self, window, i, j, channel):
        """Checked indices of one pair."""
        i = whole(i, "i", 0, self._engine.slots - 1)
        j = whole(j, "j", 0, self._engine.slots - 1)
        if i == j:
            raise ValueError(f"expected two different slots, got {i} at i and j")
        channel = whole(channel, "channel", 0, self._engine.channels - 1)
        return whole(window, "window", 0, self._engine.bands_n - 1), i, j, channel

    def r(self, window, i, j, channel, out=None):
        """Pearson r of slots i and j at lags -L..L of one window."""
        cdef int w, a, b, c
        w, a, b, c = self._at(window, i, j, channel)
        out = output(out, "out", np.float64, (2 * self._engine.bands[w].lags_n + 1,))
        cdef double[::1] row = out
        pearson_read(self._engine, &self._engine.bands[w], a, b, c, -1, self._scratch, &row[0])
        return out

    def far_r(self, window, i, j, channel, out=None):
        """Pearson r around every far-lag offset s, at lags s-L..s+L."""
        cdef int w, a, b, c, s
        w, a, b, c = self._at(window, i, j, channel)
        out = output(
            out, "out", np.float64, (self._engine.bands[w].offsets_n, 2 * self._engine.bands[w].lags_n + 1)
        )
        cdef double[:, ::1] rows = out
        for s in range(rows.shape[0]):
            pearson_read(self._engine, &self._engine.bands[w], a, b, c, s, self._scratch, &rows[s, 0])
        return out

    def coverage(self, window, out=None):
        """Share of valid sample pairs at lag 0 of all pairs and channels."""
        cdef int w = whole(window, "window", 0, self._engine.bands_n - 1), i, j, c, p = 0
        out = output(out, "out", np.float64, (len(self.pairs), self._engine.channels))
        cdef double[:, ::1] share = out
        for i, j in self.pairs:
            for c in range(self._engine.channels):
                share[p, c] = coverage_read(self._engine, &self._engine.bands[w], i, j, c)
            p += 1
        return out

    def sums(self, window, i, j, channel, offset=0):
        """Exact n, Sx, Sy, Sxx, Syy, Sxy over the valid pairs, one row a lag."""
        cdef int w, a, b, c, index = -1
        w, a, b, c = self._at(window, i, j, channel)
        offsets = self.windows[w][2]
        if offset:
            there = offset if i < j else -offset
            index = offsets.index(there) if there in offsets else -1
            if index < 0:
                raise ValueError(f"expected 0 or one of the offsets {offsets}, got {offset!r} at offset")
        sums_read(self._engine, &self._engine.bands[w], a, b, c, index, self._scratch)
        return np.array(
            [
                (row.n, row.x, row.y, row.xx, row.yy, row.xy)
                for row in self._scratch[: 2 * self._engine.bands[w].lags_n + 1]
            ],
            np.int64,
        )

    def history(self, slot, channel):
        """Copy of the ring, oldest first."""
        cdef int s = whole(slot, "slot", 0, self._engine.slots - 1), age
        cdef int c = whole(channel, "channel", 0, self._engine.channels - 1)
        cdef int n = self._engine.ring_n
        cdef int16_t[::1] copy = np.empty(n, np.int16)
        for age in range(n):
            copy[n - 1 - age] = engine_value(self._engine, s, c, age)
        return np.asarray(copy)
