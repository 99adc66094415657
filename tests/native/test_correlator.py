"""The streaming correlator against brute force after every push, on every kind of data."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from edge._native import correlator as native
from edge._native.correlator import MISSING, Correlator
from tests import naive

STEPS = 24
KINDS = ("noise", "gaps", "alternate", "constant", "step", "extreme", "offset", "one", "ramp")


def series(kind, shape, seed):
    """Return int16 samples [n, slots, channels] of one kind."""
    rng = np.random.default_rng(seed)
    noise = rng.integers(-900, 900, shape)
    k = np.arange(shape[0])[:, None, None]
    data = {
        "noise": noise,
        "gaps": np.where(rng.random(shape) < 0.3, MISSING, noise),
        "alternate": np.where((k + np.arange(shape[1])[:, None]) % 2 == 0, MISSING, noise),
        "constant": np.full(shape, 123),
        "step": np.where(k < shape[0] // 2, -5, 7) + 0 * noise,
        "extreme": rng.choice([-32767, 32767], shape),
        "offset": 32000 + noise // 300,
        "one": np.where(k == shape[0] // 2, 1, 0) + 0 * noise,
        "ramp": 1000 * k - 12000 + 0 * noise,
    }[kind]
    return data.astype(np.int16)


def both(slots, channels, windows, **options):
    """Return the correlator and its slow twin with everybody inside."""
    pair = (
        Correlator(slots, channels, windows, **options),
        naive.Correlator(slots, channels, windows, **options),
    )
    for correlator in pair:
        for slot in range(slots):
            correlator.enter(slot)
    return pair


def every_r(correlator, window):
    """Return r of all pairs and channels, near and far, in one row."""
    rows = [
        read(window, i, j, channel).ravel()
        for read in (correlator.r, correlator.far_r)
        for (i, j), channel in product(correlator.pairs, range(correlator.channels))
    ]
    return np.concatenate(rows)


def assert_same(fast, slow):
    """Every sum is bit-identical and every r equal to 1e-9, near and far, for all pairs both ways round."""
    for window, (_, _, offsets) in enumerate(slow.windows):
        for (i, j), channel in product(slow.pairs, range(slow.channels)):
            for offset in (0, *offsets):
                expected = slow.sums(window, i, j, channel, offset)
                np.testing.assert_array_equal(expected, fast.sums(window, i, j, channel, offset))
            np.testing.assert_allclose(
                slow.r(window, i, j, channel), fast.r(window, i, j, channel), rtol=1e-9, atol=1e-12
            )
            np.testing.assert_allclose(
                slow.far_r(window, j, i, channel), fast.far_r(window, j, i, channel), rtol=1e-9, atol=1e-12
            )


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("window_n", "lags_n"), [(2, 0), (2, 1), (3, 2), (5, 1), (8, 7), (9, 8)])
def test_every_push_equals_brute_force(kind, window_n, lags_n):
    """After every push, near and far, sums are bit-identical and r equals float64 by definition."""
    offsets = (lags_n + 1, -lags_n - 2)
    fast, slow = both(2, 1, [(window_n, lags_n, offsets)])
    for frame in series(kind, (STEPS, 2, 1), window_n * 10 + lags_n)[:, None]:
        fast.push_block(frame)
        slow.push_block(frame)
        assert_same(fast, slow)


@pytest.mark.parametrize("kind", ["noise", "gaps"])
@pytest.mark.parametrize("channels", [1, 2, 3])
def test_several_windows_and_channels_at_once(kind, channels):
    """Three windows of different length, lags and offsets share one stream without touching each other."""
    fast, slow = both(3, channels, [(4, 3, (5,)), (7, 0, (-1, 3)), (12, 5, ())])
    for frame in series(kind, (30, 3, channels), channels)[:, None]:
        fast.push_block(frame)
        slow.push_block(frame)
    assert_same(fast, slow)


@pytest.mark.parametrize("seed", range(4))
def test_people_come_and_go_without_disturbing_others(seed):
    """Through random entering, leaving and gaps, every pair equals brute force over what its slots saw."""
    rng = np.random.default_rng(seed)
    windows = [(5, 2, (4, -6)), (9, 8, ())]
    fast, slow = Correlator(4, 2, windows), naive.Correlator(4, 2, windows)
    for _ in range(60):
        slot = int(rng.integers(4))
        if rng.random() < 0.3:
            inside = slot in slow.inside
            for correlator in (fast, slow):
                (correlator.leave if inside else correlator.enter)(slot)
        frame = series("gaps", (1, 4, 2), int(rng.integers(2**31)))
        fast.push_block(frame)
        slow.push_block(frame)
        assert tuple(sorted(slow.inside)) == fast.active
    assert_same(fast, slow)


def test_any_chunking_gives_the_same_bits():
    """One block, single pushes through `frame` and odd chunks leave identical sums and r."""
    frames = series("gaps", (200, 4, 3), 5)
    windows = [(20, 9, (30, -25)), (50, 3, ())]
    whole, single, chunked = (both(4, 3, windows)[0] for _ in range(3))
    whole.push_block(frames)
    for frame in frames:
        single.frame[:] = frame
        single.push()
    for chunk in np.split(frames, [1, 8, 8, 77, 140]):
        chunked.push_block(chunk)
    for other in (single, chunked):
        for window in range(2):
            assert every_r(whole, window).tobytes() == every_r(other, window).tobytes()
        assert whole.sums(0, 1, 2, 0, 30).tobytes() == other.sums(0, 1, 2, 0, 30).tobytes()
        assert whole.pushed == other.pushed == 200


def test_ten_million_frames_later_every_sum_is_still_exact():
    """10^7 frames with gaps, constants, saturation, people in and out: sums equal a batch over the rings."""
    rng = np.random.default_rng(11)
    windows = [(24, 5, (9, -12))]
    correlator = both(3, 1, windows)[0]
    for block in range(100):
        frames = rng.integers(-32767, 32768, (100_000, 3, 1)).astype(np.int16)
        frames[rng.random(100_000) < 0.05] = MISSING
        frames[block * 300 : block * 600] = 32767
        frames[-40:-20, block % 3] = rng.integers(-3, 3)
        correlator.push_block(frames)
        if block % 7 == 3:
            correlator.leave(block % 3)
            correlator.push_block(frames[:10])
            correlator.enter(block % 3)
            correlator.push_block(frames[10 : 10 + block % 30])
        rings = [correlator.history(slot, 0) for slot in range(3)]
        for i, j in correlator.pairs:
            for offset in (0, 9, -12):
                expected = naive.lag_sums(rings[i], rings[j], len(rings[i]) - 1, (24, 5), offset)
                np.testing.assert_array_equal(expected, correlator.sums(0, i, j, 0, offset))
    assert correlator.pushed >= 10_000_000


@pytest.mark.parametrize("kind", ["noise", "extreme", "gaps"])
def test_every_kernel_gives_the_same_bits(kind):
    """Portable C, SSE2, AVX2 and AVX-512 (those that run here) or NEON leave identical sums."""
    frames = series(kind, (400, 4, 2), 3)
    best, found = native.simd(), {}
    try:
        for level in native.simd_levels():
            native.select_simd(level)
            assert level == native.simd()
            correlator = both(4, 2, [(64, 37, (100, -90))])[0]
            correlator.push_block(frames)
            found[level] = every_r(correlator, 0).tobytes()
    finally:
        native.select_simd(best)
    assert len(set(found.values())) == 1
    assert native.simd_levels()[-1] == best


def test_coverage_and_its_threshold():
    """Coverage is the share of valid pairs at lag 0; r is NaN just below the threshold and a number at it."""
    fast, _ = both(2, 1, [(8, 0, ())])
    frames = series("noise", (8, 2, 1), 9)
    frames[[1, 4], 0] = MISSING
    fast.push_block(frames)
    assert fast.coverage(0)[0, 0] == 6 / 8
    assert np.isfinite(fast.r(0, 0, 1, 0)).all()
    frames[2, 1] = MISSING
    fast.push_block(frames)
    assert fast.coverage(0)[0, 0] == 5 / 8
    assert np.isnan(fast.r(0, 0, 1, 0)).all()


def test_empty_slots_and_short_histories_are_not_measurable():
    """Nobody there, or too few samples yet, is NaN and coverage 0, never a number."""
    correlator = Correlator(3, 1, [(8, 2, (3,))])
    correlator.enter(0)
    correlator.push_block(series("noise", (40, 3, 1), 1))
    assert np.isnan(every_r(correlator, 0)).all()
    assert (correlator.coverage(0) == 0).all()
    correlator.enter(1)
    correlator.push_block(series("noise", (5, 3, 1), 2))
    assert np.isnan(correlator.r(0, 0, 1, 0)).all()


def test_mute_leaves_nothing_behind():
    """After `clear` nothing of the past can be read, and the future is that of a new correlator."""
    frames = series("noise", (100, 3, 2), 4)
    used, fresh = both(3, 2, [(10, 4, (11,))])[0], both(3, 2, [(10, 4, (11,))])[0]
    used.push_block(frames)
    used.frame[:] = 77
    used.wipe()
    assert (used.active, used.pushed) == ((), 0)
    assert (used.frame == MISSING).all()
    assert all((used.history(slot, c) == MISSING).all() for slot in range(3) for c in range(2))
    assert not used.sums(0, 0, 1, 0).any()
    for slot in range(3):
        used.enter(slot)
    for correlator in (used, fresh):
        correlator.push_block(frames[:50])
    assert every_r(used, 0).tobytes() == every_r(fresh, 0).tobytes()


SAMPLES = arrays(np.int16, (40, 2, 1), elements=st.integers(-32768, 32767))


def profile(frames, window=(12, 6, ())):
    """Return r of the first pair after all frames."""
    correlator = both(2, 1, [window])[0]
    correlator.push_block(np.ascontiguousarray(frames))
    return correlator.r(0, 0, 1, 0)


@settings(max_examples=150, deadline=None)
@given(SAMPLES)
def test_symmetry_and_range(frames):
    """Swapping sides mirrors the lags: r(x, y, lag) = r(y, x, -lag) bit for bit, and |r| <= 1."""
    r = profile(frames)
    np.testing.assert_array_equal(r, profile(frames[:, ::-1])[::-1])
    assert (np.abs(r[~np.isnan(r)]) <= 1).all()


@settings(max_examples=150, deadline=None)
@given(
    arrays(np.int16, (40, 2, 1), elements=st.integers(-3000, 3000)),
    st.integers(1, 10),
    st.integers(-2000, 2000),
)
def test_affine_invariance(frames, gain, offset):
    """Pearson r does not change under x -> a x + b with a > 0, and turns its sign with a < 0."""
    r = profile(frames)
    scaled = frames.copy()
    scaled[:, 0] = scaled[:, 0] * gain + offset
    np.testing.assert_allclose(r, profile(scaled), rtol=0, atol=1e-12)
    scaled[:, 0] = -frames[:, 0]
    np.testing.assert_array_equal(-r, profile(scaled))


@settings(max_examples=100, deadline=None)
@given(st.integers(-6, 6), st.integers(0, 2**32 - 1))
def test_a_delayed_copy_peaks_at_its_delay(delay, seed):
    """With j repeating i after d samples r is exactly 1 at lag d and less elsewhere."""
    x = np.random.default_rng(seed).integers(-30000, 30000, 80).astype(np.int16)
    frames = np.stack([x[20:60], x[20 - delay : 60 - delay]], axis=1)[:, :, None]
    r = profile(frames)
    assert r[delay + 6] == 1.0
    assert (np.delete(r, delay + 6) < 1.0).all()


def test_reading_into_given_arrays():
    """`out` is filled and returned."""
    correlator = both(4, 2, [(16, 5, (7, -9))])[0]
    correlator.push_block(series("gaps", (80, 4, 2), 6))
    near, far = np.empty(11), np.empty((2, 11))
    assert correlator.r(0, 3, 1, 1, near) is near
    assert correlator.far_r(0, 3, 1, 1, far) is far
    np.testing.assert_array_equal(near, correlator.r(0, 3, 1, 1))
    np.testing.assert_array_equal(far, correlator.far_r(0, 3, 1, 1))


def test_one_slot_has_no_pairs():
    """A correlator for one person runs and has nothing to say."""
    correlator = Correlator(1, 2, [(8, 2, (5,))])
    correlator.enter(0)
    correlator.push_block(series("noise", (30, 1, 2), 1))
    assert correlator.pairs == ()
    assert correlator.coverage(0).shape == (0, 2)


def test_the_largest_correlator_is_exact():
    """Sixteen people, 32 channels, two windows: 120 pairs, checked on some of them."""
    windows = [(70, 20, (120, -90)), (100, 50, ())]
    correlator = both(16, 32, windows)[0]
    frames = series("gaps", (400, 16, 32), 7)
    correlator.push_block(frames)
    assert len(correlator.pairs) == 120
    for i, j, channel in [(0, 15, 31), (14, 15, 0), (7, 8, 16), (15, 3, 9)]:
        x, y = frames[:, i, channel], frames[:, j, channel]
        for window, shape in enumerate([(70, 20), (100, 50)]):
            expected = naive.lag_sums(x, y, 399, shape)
            np.testing.assert_array_equal(expected, correlator.sums(window, i, j, channel))
    expected = naive.lag_sums(frames[:, 2, 5], frames[:, 9, 5], 399, (70, 20), -90)
    np.testing.assert_array_equal(expected, correlator.sums(0, 2, 9, 5, -90))
