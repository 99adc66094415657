"""Bench of the correlator: ratios against memcpy, NumPy and rMEA, medians over calls taken in alternation.

Times are the thread's processor time (a busy machine does not matter) of calls from Python. rMEA's is a range
measured with the R package itself; everything else is measured in this run.
"""

import ctypes
import statistics
import time
from collections.abc import Callable, Sequence
from itertools import cycle

import numpy as np

from edge._native import correlator as native
from edge._native.correlator import Correlator
from edge.windows import correlate

PEOPLE, CHANNELS, WINDOW_N, LAGS_N = 6, 16, 300, 150  # 301 lags: 10 s and +-5 s at 30 Hz
RMEA_DYAD10MIN_S = (0.25, 0.66)  # MEAccf of one dyad of 10 minutes at 25 Hz, s
FAR_RATE_HZ, FAR_CHANNELS, FAR_WINDOW = 10, 8, (70, 20)  # 7 s, +-2 s
FAR_OFFSETS_N = (*range(300, 1500, 60), *range(-300, -1440, -60))  # 39 of 30 s and more
SHAPES = [
    (2, 8, 50),
    (3, 16, 50),
    (4, 8, 150),
    (6, 16, 75),
    (8, 8, 150),
    (6, 16, 150),
    (12, 8, 100),
    (16, 8, 100),
]

BARS = {"update_over_memcpy": 1.5, "far_core_share": 0.02}
"""The most that these figures may be; `docs/correlator.md` gives the reasons."""

Figures = dict[str, object]


def run() -> Figures:
    """Measure everything, by the names of `bench --json`."""
    rng = np.random.default_rng(1)
    full = _filled(PEOPLE, CHANNELS, (WINDOW_N, LAGS_N, ()), rng)
    push, copy = _pusher(full, rng), _copier(full.state_bytes)
    update_us, memcpy_us = _alternate([push, copy], 2000)
    numpy_us, sums_us = _numpy_us(full)
    (read_us,) = _alternate([_reader(full)], 50)
    dyad_s = _dyad10min_s(rng)
    return {
        "update_us": update_us,
        "memcpy_us": memcpy_us,
        "update_over_memcpy": update_us / memcpy_us,
        "numpy_us": numpy_us,
        "speedup_over_numpy": numpy_us / update_us,
        "numpy_sums_us": sums_us,
        "speedup_over_numpy_sums": sums_us / update_us,
        "read_us": read_us,
        "speedup_over_numpy_with_read": numpy_us / (update_us + read_us),
        "dyad10min_s": dyad_s,
        "speedup_over_rmea": [rmea_s / dyad_s for rmea_s in RMEA_DYAD10MIN_S],
        "simd": native.simd(),
        "update_us_by_simd": _by_simd(push),
        **_linear(rng),
        **_far_share(rng),
    }


def missed(figures: Figures) -> list[str]:
    """Name each figure that misses its bar."""
    return [
        f"{name}: expected at most {most:g}, got {figures[name]:.3g}"
        for name, most in BARS.items()
        if figures[name] > most
    ]


def _alternate(calls: Sequence[Callable[[], object]], rounds: int) -> list[float]:
    """Median processor time of each call in microseconds; the calls take turns."""
    times: list[list[int]] = [[] for _ in calls]
    for _ in range(rounds):
        for call, taken in zip(calls, times, strict=True):
            start = time.thread_time_ns()
            call()
            taken.append(time.thread_time_ns() - start)
    return [statistics.median(taken) / 1e3 for taken in times]


def _filled(
    people: int, channels: int, window: tuple[int, int, Sequence[int]], rng: np.random.Generator
) -> Correlator:
    """Return a correlator with everybody present and full rings."""
    correlator = Correlator(people, channels, [window])
    for slot in range(people):
        correlator.enter(slot)
    n = correlator.history_n + 1
    correlator.push_block(rng.integers(-2000, 2000, (n, people, channels)).astype(np.int16))
    return correlator


def _pusher(correlator: Correlator, rng: np.random.Generator) -> Callable[[], None]:
    """Return a call that pushes one frame of noise."""
    frames = cycle(list(rng.integers(-2000, 2000, (997, *correlator.frame.shape)).astype(np.int16)))

    def push() -> None:
        correlator.frame[:] = next(frames)
        correlator.push()

    return push


def _reader(correlator: Correlator) -> Callable[[], None]:
    """Return a call that reads every r, near and far, row by row as the service does."""
    places = [(i, j, channel) for i, j in correlator.pairs for channel in range(correlator.channels)]
    far = bool(correlator.windows[0][2])

    def read() -> None:
        for i, j, channel in places:
            correlator.r(0, i, j, channel)
            if far:
                correlator.far_r(0, i, j, channel)

    return read


def _copier(size: int) -> Callable[[], object]:
    """Return a call that copies this many bytes once with memcpy."""
    source, target = np.ones(size, np.uint8), np.zeros(size, np.uint8)
    to, from_ = ctypes.c_void_p(target.ctypes.data), ctypes.c_void_p(source.ctypes.data)
    kept = (source, target)
    return lambda: (ctypes.memmove(to, from_, size), kept)


def _numpy_us(correlator: Correlator) -> list[float]:
    """Time NumPy on the rings: r of every pair, channel and lag; and the bare sums of products."""
    n = WINDOW_N + LAGS_N
    rings = np.array([[correlator.history(i, c)[-n:] for c in range(CHANNELS)] for i in range(PEOPLE)], float)
    still, slid = rings[..., :WINDOW_N], np.lib.stride_tricks.sliding_window_view(rings, WINDOW_N, axis=-1)

    def correlations() -> None:
        mean, deviation = slid.mean(axis=-1), slid.std(axis=-1)
        centred = still - mean[..., :1]
        for i, j in (*correlator.pairs, *((j, i) for i, j in correlator.pairs)):
            np.einsum("cn,cln->cl", centred[i], slid[j]) / (WINDOW_N * deviation[i, :, :1] * deviation[j])

    def sums() -> None:
        for i, j in correlator.pairs:
            for c in range(CHANNELS):
                np.correlate(rings[j, c], still[i, c], "valid")
                np.correlate(rings[i, c], still[j, c], "valid")

    return _alternate([correlations, sums], 9)


def _dyad10min_s(rng: np.random.Generator) -> float:
    """Time of one dyad of 10 minutes at 25 Hz, 30 s windows every 10 s, +-5 s: rMEA's usual task."""
    x, y = (rng.integers(0, 8000, 15000).astype(np.float64) for _ in range(2))
    call = lambda: correlate(x, y, rate_hz=25, window_s=30, max_lag_s=5, hop_s=10)  # noqa: E731
    return _alternate([call], 15)[0] / 1e6


def _by_simd(push: Callable[[], None]) -> dict[str, float]:
    """Update time with every kernel this processor can run."""
    taken = {}
    for name in native.simd_levels():
        native.select_simd(name)
        taken[name] = _alternate([push], 300)[0]
    return taken


def _linear(rng: np.random.Generator) -> Figures:
    """Fit update time = a + b * (pairs * channels * lags) over 2 to 16 people."""
    filled = [_filled(people, channels, (300, lags, ()), rng) for people, channels, lags in SHAPES]
    sizes = np.array([c.state_bytes / 8 for c in filled])
    times = np.array(_alternate([_pusher(c, rng) for c in filled], 300))
    slope, intercept = np.polyfit(sizes, times, 1)
    rest = times - (slope * sizes + intercept)
    return {
        "linear_r2": float(1 - (rest @ rest) / ((times - times.mean()) @ (times - times.mean()))),
        "linear_ns_per_lag": float(slope * 1e3),
        "linear_overhead_us": float(intercept),
    }


def _far_share(rng: np.random.Generator) -> Figures:
    """Share of one core with 39 far-lag neighbourhoods: 10 pushes and one reading of every r a second."""
    correlator = _filled(PEOPLE, FAR_CHANNELS, (*FAR_WINDOW, FAR_OFFSETS_N), rng)
    push_us, read_us = _alternate([_pusher(correlator, rng), _reader(correlator)], 50)
    return {
        "far_push_us": push_us,
        "far_read_us": read_us,
        "far_core_share": (FAR_RATE_HZ * push_us + read_us) / 1e6,
    }
