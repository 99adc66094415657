"""What is kept of a person, against plain lists: samples, smoothing, interpolation, noise and level."""

import math

import numpy as np
import pytest

from edge.events.noise import Noise
from edge.events.shape import fall_end, rise_start
from edge.events.tape import COLUMNS, Tape

NS = 1_000_000_000
MAD_TO_SD = 1.4826
CALM = np.zeros(3, dtype=bool)


class Plain:
    """Every sample in lists; the smoothing by its definition."""

    def __init__(self):
        self.t_ns, self.raw, self.smooth, self.period_s = [], [], [], 1 / 30

    @property
    def half(self):
        """Half width of the smoothing, frames."""
        return max(1, min(8, round(0.033 / self.period_s)))

    def push(self, t_ns, raw):
        """Append one sample and smooth what has both sides."""
        if self.t_ns:
            self.period_s += 0.05 * (min((t_ns - self.t_ns[-1]) / 1e9, 0.2) - self.period_s)
        self.t_ns.append(t_ns)
        self.raw.append(raw)
        half = self.half
        while len(self.smooth) + half < len(self.raw):
            i = len(self.smooth)
            near = [(half + 1 - abs(k - i), self.raw[k]) for k in range(max(0, i - half), i + half + 1)]
            self.smooth.append(sum(w * x for w, x in near) / sum(w for w, _ in near))


def filled(n, rate_hz, seed=1, channels=2):
    """Return a tape and its plain twin after n samples at irregular times."""
    rng = np.random.default_rng(seed)
    tape, plain, t_ns = Tape(channels), Plain(), 5 * NS
    for k in range(n):
        raw = rng.normal(size=channels) + np.sin(k / 9)
        tape.push(t_ns, raw, (0.1 * k, 0.2, 0.3), CALM)
        plain.push(t_ns, raw)
        t_ns += round(NS / rate_hz * rng.uniform(0.7, 1.3)) + (NS // 2 if k == n // 2 else 0)
    return tape, plain


@pytest.mark.parametrize(
    ("n", "rate_hz"), [(3, 30), (400, 30), (300, 10), (400, 120), (700, 400), (5000, 60)]
)
def test_smoothing_is_the_triangle(n, rate_hz):
    """At every rate, from the first sample on and past the length of the tape: samples and means of lists."""
    tape, plain = filled(n, rate_hz)
    kept = tape.end
    assert kept == n if n <= 4096 else kept == n - 2048
    assert tape.half == plain.half
    assert tape.period_s == pytest.approx(plain.period_s, rel=1e-12)
    assert tape.smooth_end - tape.end == len(plain.smooth) - n
    assert tape.t_ns[:kept].tolist() == plain.t_ns[-kept:]
    np.testing.assert_array_equal(tape.raw[:kept], plain.raw[-kept:])
    smooth = plain.smooth[n - kept :]
    np.testing.assert_allclose(tape.smooth[: tape.smooth_end], smooth, rtol=1e-12, atol=1e-14)
    assert tape.blur_s == pytest.approx(0.75 * (2 - math.sqrt(2)) * (tape.half + 1) * tape.period_s)


def test_reading_a_tape():
    """Values between samples are interpolated, beyond them unknown; an index is never below the first."""
    tape, plain = filled(200, 30)
    last = tape.smooth_end - 1
    times, values = np.array(plain.t_ns[: last + 1]), np.array(plain.smooth)
    for t_ns in (times[0], times[7], times[7] + 1, times[8] - 1, times[60] + 10_000_000, times[last]):
        expected = [np.interp(t_ns, times, values[:, c]) for c in range(2)]
        np.testing.assert_allclose(tape.at(int(t_ns)), expected, rtol=1e-9)
    for t_ns in (times[0] - 1, times[last] + 1):
        assert np.isnan(tape.at(int(t_ns))).all()
    assert [tape.before(int(t)) for t in (0, times[0], times[1] - 1, times[1], times[9] + 1)] == [
        0,
        0,
        0,
        1,
        9,
    ]
    assert tape.before(int(plain.t_ns[-1]) + NS) == 199


def test_the_contrast_of_a_channel():
    """The contrast is the value less the mean of both sides, at each sample from a time up to another."""
    tape, plain = filled(200, 30)
    times, values = np.array(plain.t_ns[: tape.smooth_end]), np.array(plain.smooth)[:, 1]
    found = tape.contrast(1, int(times[50]), int(times[60]), 160_000_000)
    expected = [
        values[i] - sum(np.interp(times[i] + side, times, values) for side in (-160_000_000, 160_000_000)) / 2
        for i in range(50, 60)
    ]
    np.testing.assert_allclose(found, expected, rtol=1e-9)
    t_s, some = tape.stretch(1, 50, 60, int(times[55]))
    np.testing.assert_allclose(t_s, (times[50:60] - times[55]) / 1e9, atol=1e-12)
    np.testing.assert_array_equal(some, tape.smooth[50:60, 1])


def test_a_wiped_tape_begins_again():
    """After a wipe the tape has no sample and takes the next one as its first."""
    tape, _ = filled(100, 30)
    tape.wipe()
    assert (tape.end, tape.smooth_end) == (0, 0)
    tape.push(7, np.ones(2), (0.0, 0.0, 0.0), CALM)
    assert (tape.end, int(tape.t_ns[0])) == (1, 7)


def low(samples, q, least=6):
    """Return a quantile of the finite samples; NaN of fewer than six."""
    known = np.array(samples)[np.isfinite(samples)]
    return float(np.quantile(known, q)) if len(known) >= least else math.nan


def _thresholds(jumps, contrasts, moves, levels):
    """Return sd, contrast threshold, median move, level and wander of a channel that moves one way."""
    sd = np.fmax(low(jumps, 0.25) / 0.3186, low(jumps, 0.5) / 0.6745 / 2) / math.sqrt(6)
    contrast = (0.6745 + 0.593 * 5) * low(contrasts, 0.25) / 0.3186
    level, known = low(levels, 0.2), np.isfinite(levels).sum()
    wander = (level - low(levels, 0.05)) / 0.803 * (1 + 10 / max(known, 1))
    return [float(sd), contrast, low(moves, 0.5), level, wander]


@pytest.mark.parametrize("step_ms", [30, 50, 70])
def test_noise_is_its_definition(step_ms):
    """Noise, threshold, level and restlessness after each frame, past every memory, through a lost level."""
    rng = np.random.default_rng(2)
    noise = Noise(5.0)
    kept, taken, read, complete, found = [[], [], [], []], -math.inf, 0, False, [math.nan] * 5
    for k in range(1800):
        t_ns = NS + k * step_ms * 1_000_000
        jump, contrast, past = rng.normal(size=3) * (k % 3 > 0, 1, 1)  # a third of the pictures is repeated
        now = math.nan if k % 7 == 0 or k < 20 else rng.normal(3, 1)
        if k == 700:
            noise.drop_level(0)
            kept[3], complete, found[3] = [], False, math.nan
        pose_rad = np.array([0.1, -0.2, 0.3]) * (k if k < 300 else 1)
        if noise.due(t_ns):
            sample = (np.full(COLUMNS, one) for one in (jump, contrast, now, past))
            noise.take(t_ns, *sample, pose_rad=pose_rad)
        noise.refresh(t_ns)
        if t_ns - taken >= 50_000_000:
            taken, move = t_ns, abs(now - past)
            loud = move > np.fmax(4 * math.sqrt(2 / 3) * found[0], found[2])
            newest = (abs(jump), abs(contrast), move, math.nan if loud else now)
            kept = [[*one, value][-1200:] for one, value in zip(kept, newest, strict=True)]
        if not complete or t_ns - read >= NS // 2:
            read, found = t_ns, _thresholds(*kept)
            complete = math.isfinite(found[3]) and math.isfinite(found[1])
        got = [float(one[0]) for one in (noise.sd, noise.contrast, noise.level, noise.wander)]
        np.testing.assert_allclose(got, [found[0], found[1], found[3], found[4]], rtol=1e-9)
    np.testing.assert_allclose(noise.pose_rad, [0.1, -0.2, 0.3])


def test_a_channel_that_is_never_there_changes_no_other():
    """What is known of the other channels is the same number, read as often."""
    rng = np.random.default_rng(3)
    whole, part = Noise(5.0), Noise(5.0)
    for k in range(120):
        jump, contrast, now, past = rng.normal(size=(4, COLUMNS))
        for noise, gone in ((whole, math.inf), (part, 3)):
            missing = np.where(np.arange(COLUMNS) == gone, math.nan, 0.0)
            sample = (one + missing for one in (jump, contrast, now, past))
            noise.take(k * NS // 10, *sample, pose_rad=np.zeros(3))
            noise.refresh(k * NS // 10)
    others = np.arange(COLUMNS) != 3
    for name in ("sd", "contrast", "level", "wander"):
        np.testing.assert_array_equal(getattr(whole, name)[others], getattr(part, name)[others])
    assert whole.version == part.version < 40
    assert np.isnan(part.level[3])


@pytest.mark.parametrize(("blur_s", "sharp_s"), [(0.0, 0.5), (0.3, 0.4), (0.499, 0.125), (2.0, 0.125)])
def test_where_a_rise_begins(blur_s, sharp_s):
    """A ramp of a second passes 25 and 75 % half a second apart; it began 1.5 times that before."""
    t_s = np.arange(-1, 2.01, 0.25)
    values = 3 + 4 * np.clip(t_s, 0, 1)
    assert rise_start(t_s, values, 3.0, 7.0, blur_s) == pytest.approx(0.5 - 1.5 * sharp_s)
    fell = fall_end(t_s, values[::-1], 3.0, 7.0, blur_s)
    assert fell == pytest.approx(0.5 + 1.5 * sharp_s)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([0, 1, 0, 0, 1], 3.5 - 1.5 * 0.5),  # the last rise counts
        ([0, 0.5, 0.3, 0.5, 1], (0.5 + 3.5) / 2 - 1.5 * 3.0),  # a dip above 25 % is within the rise
        ([0.3, 0.5, 0.6, 0.9, 1.0], math.nan),  # it never came from below 25 %
        ([0.8, 0.9, 1.0], math.nan),
    ],
)
def test_rises_of_every_form(values, expected):
    """The last upward crossings count; a rise whose beginning was not seen has none."""
    t_s = np.arange(len(values), dtype=float)
    assert rise_start(t_s, np.array(values, float), 0.0, 1.0) == pytest.approx(expected, nan_ok=True)
