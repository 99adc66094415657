"""The uniform grid: interpolation, gaps, irregular times, people who come and go."""

import numpy as np
import pytest

from edge.config.sections import MimicrySection
from edge.mimicry import Mimicry
from tests.validate.drive import expression

GRID = MimicrySection()


def ticks(mimicry, samples):
    """Feed (t_ns, {person: value}) and return every tick's time and histories, copied."""
    out = []
    for t_ns, values in samples:
        people = [expression(t_ns, p, np.array([v], dtype=float)) for p, v in values.items()]
        tick = mimicry.update(people, (), t_ns)
        if tick is not None:
            out.append((tick.t_ns, {p: x[0].copy() for p, x in tick.x.items()}))
    return out


def wave(t_ns):
    """Draw a smooth signal."""
    return np.sin(t_ns / 1.7e9) + 0.3 * np.cos(t_ns / 0.9e9)


def shape(x):
    """Standardised shape of a history's valid end, to compare up to gain and offset."""
    x = x[np.isfinite(x)]
    return (x - x.mean()) / x.std()


@pytest.mark.parametrize("rate_hz", [12.5, 25, 29.97, 60])
def test_any_rate_gives_the_same_grid(rate_hz):
    """A smooth signal sampled at any rate with jitter reads the same on the grid, nearly."""
    rng = np.random.default_rng(int(rate_hz))
    times = np.cumsum(rng.uniform(0.7, 1.3, int(30 * rate_hz)) / rate_hz) * 1e9
    got = ticks(Mimicry(GRID, ("a",)), [(int(t), {1: wave(t)}) for t in times])
    t_ns, history = got[-1]
    grid = t_ns - 100_000_000 * np.arange(len(history[1]))[::-1]
    valid = np.isfinite(history[1])
    assert valid.sum() >= 200
    assert np.abs(shape(history[1]) - shape(wave(grid[valid]))).max() < 0.02


def test_half_a_second_is_bridged_and_more_is_not():
    """A gap of .5 s is linear, one of .6 s is missing."""
    gaps = {100: 5, 200: 6}
    steps = [k for k in range(300) if not any(g < k < g + n for g, n in gaps.items())]
    got = ticks(Mimicry(GRID, ("a",)), [(k * 100_000_000, {1: float(k % 17)}) for k in steps])
    x = got[-1][1][1]
    first = int(got[-1][0] // 100_000_000) - len(x) + 1
    missing = {first + int(k) for k in np.flatnonzero(np.isnan(x))} - set(range(first, 50))
    assert {201, 202, 203, 204, 205} == missing
    assert x[102 - first] == pytest.approx(x[100 - first] + 0.4 * (x[105 - first] - x[100 - first]))


def test_chunking_cannot_matter_and_time_never_runs_back():
    """A repeated or older sample changes nothing."""
    steps = [(k * 40_000_000, {1: wave(k * 4e7), 2: wave(k * 5e7)}) for k in range(500)]
    doubled = [one for k, one in enumerate(steps) for one in (one, steps[max(0, k - 1)])]
    plain, again = ticks(Mimicry(GRID, ("a",)), steps), ticks(Mimicry(GRID, ("a",)), doubled)
    assert [t for t, _ in plain] == [t for t, _ in again]
    for (_, a), (_, b) in zip(plain, again, strict=True):
        assert np.array_equal(a[1], b[1], equal_nan=True)


def test_leaving_frees_the_place():
    """After a minute away a person is forgotten; twenty people in turn all get a place."""
    mimicry = Mimicry(GRID, ("a",))
    for person in range(20):
        start = person * 70
        samples = [(round((start + k / 5) * 1e9), {person: wave(k * 2e8)}) for k in range(340)]
        people = [set(x) for _, x in ticks(mimicry, samples)]
        assert {person} == people[-1]


def test_who_left_is_known_but_not_present():
    """Three people in view one after another are never three present: who left counts for 3 s."""
    mimicry = Mimicry(GRID, ("a",))
    present, known = [], []
    for k in range(60 * 5):
        t_ns, person = k * 200_000_000, 1 + k // 100  # 20 s each
        tick = mimicry.update([expression(t_ns, person, np.array([wave(t_ns)]))], (), t_ns)
        if tick is not None:
            known.append(tick.people)
            present.append((tick.t_ns, tick.present))
    assert known[-1] == (1, 2, 3)
    assert max(len(people) for _, people in present) == 2
    both = [t_ns for t_ns, people in present if people == (1, 2)]
    assert 22_000_000_000 <= max(both) <= 22_800_000_000  # last seen at 19.8 s
    assert present[-1][1] == (3,)


def test_a_delayed_copy_peaks_at_its_delay():
    """The coupling of a signal and its copy .7 s later is highest at +.7 s: the first moves first."""
    rng = np.random.default_rng(7)
    x = np.convolve(rng.standard_normal(900), np.ones(5) / 5, mode="same")
    mimicry = Mimicry(GRID, ("a",))
    last = None
    for k in range(7, 900):
        pair = [expression(k * 100_000_000, p, np.array([x[k - d]])) for p, d in ((1, 0), (2, 7))]
        last = mimicry.update(pair) or last
    coupling = last.couplings[0]
    assert coupling.lags_s[int(np.argmax(coupling.r))] == pytest.approx(0.7)
    assert coupling.r.max() > 0.99
    assert len(last.offsets_s) == len(coupling.far_r)


@pytest.mark.parametrize("late", [0, 30], ids=["first-comes-first", "second-comes-first"])
def test_far_rows_are_at_their_offsets_whoever_came_first(late):
    """A copy 40 s later stands in the row whose offset says so, also when the follower was there first."""
    x = np.convolve(np.random.default_rng(7).standard_normal(1400), np.ones(5) / 5, mode="same")
    mimicry = Mimicry(MimicrySection(horizon_s=120.0), ("a",))
    last = None
    for k in range(400, 1400):
        pair = [expression(k * 100_000_000, 2, np.array([x[k - 400]]))]
        pair += [expression(k * 100_000_000, 1, np.array([x[k]]))] if k >= 400 + late else []
        last = mimicry.update(pair) or last
    coupling = last.couplings[0]
    assert coupling.pair == (1, 2)
    row, lag = np.unravel_index(np.nanargmax(coupling.far_r), coupling.far_r.shape)
    assert coupling.offsets_s[row] + coupling.lags_s[lag] == pytest.approx(40.0)
    assert coupling.far_r[row, lag] > 0.99


def test_clear_leaves_nothing():
    """After clear the next tick knows only what came after it."""
    mimicry = Mimicry(GRID, ("a",))
    samples = [(k * 100_000_000, {1: wave(k * 1e8)}) for k in range(100)]
    ticks(mimicry, samples)
    mimicry.wipe()
    t_ns, history = ticks(mimicry, [(t + 20_000_000_000, v) for t, v in samples[:30]])[-1]
    assert t_ns // 100_000_000 - 199 == len(history[1])
