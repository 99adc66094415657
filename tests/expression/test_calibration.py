"""Personal offset and gain, and the people around it."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.config.sections import ExpressionSection
from edge.expression import CHANNELS, INDEX, Expressions
from edge.expression.calibration import Calibration
from edge.expression.speech import Speech
from edge.records import Expression
from tests.expression.faces import bump

NS = 1_000_000_000
N = len(CHANNELS)


def signals(seconds, seed=1, rate_hz=30):
    """Return times in ns and features [n, C]: slow wander, noise and some movements."""
    rng = np.random.default_rng(seed)
    t_s = np.arange(seconds * rate_hz) / rate_hz
    y = np.cumsum(rng.standard_normal((len(t_s), N)), axis=0) * 0.002 + 0.02 * rng.standard_normal(
        (len(t_s), N)
    )
    for at_s in range(5, seconds, 7):
        y += 0.5 * bump(t_s, at_s, 1.5)[:, None]
    return np.round(t_s * NS).astype(np.int64), y


def calibrated(t_ns, y, warmup_s=20.0):
    """Run one person's calibration over y [n, C]."""
    calibration = Calibration(warmup_s)
    x = np.array(
        [calibration.update(row, row, int(t), speaking=False) for t, row in zip(t_ns, y, strict=True)]
    )
    return x, calibration


@settings(max_examples=8, deadline=None)
@given(
    gain=st.floats(0.01, 100),
    offset=st.floats(-50, 50),
    seed=st.integers(0, 100),
)
def test_gain_and_offset_leave_x_alone(gain, offset, seed):
    """Adding an offset and a gain, raw -> a raw + c, leaves x unchanged to 1e-6."""
    t_ns, y = signals(26, seed)
    x, _ = calibrated(t_ns, y)
    other, _ = calibrated(t_ns, gain * y + offset)
    assert np.isfinite(x[-1]).all()
    np.testing.assert_allclose(other, x, atol=1e-6)


def test_warmup_is_not_measurable():
    """Calibrated values are NaN for the first twenty seconds and numbers afterwards."""
    t_ns, y = signals(25)
    x, _ = calibrated(t_ns, y)
    first = int(np.flatnonzero(np.isfinite(x).all(axis=1))[0])
    assert np.isnan(x[:first]).all()
    assert 19.5 < t_ns[first] / NS < 20.5


def test_offset_is_the_tenth_percentile():
    """After a long calm stretch x is 0 at the tenth percentile of the signal, at the median if bipolar."""
    rng = np.random.default_rng(3)
    t_ns = (np.arange(3000) * NS // 30).astype(np.int64)
    y = 0.1 * rng.standard_normal((3000, N))
    _, calibration = calibrated(t_ns, y)
    at = {"AU12": 10, "AU04": 50}
    for name, q in at.items():
        probe = np.full(N, np.percentile(y[:, INDEX[name]], q))
        x = calibration.update(probe, probe, int(t_ns[-1]) + NS // 30, speaking=False)
        assert x[INDEX[name]] == pytest.approx(0, abs=0.15)


def test_gain_tells_expressive_people_apart():
    """A person whose features vary twice as much has nearly twice the gain; the site's own spread has 1."""
    rng = np.random.default_rng(4)
    t_ns = (np.arange(6000) * NS // 30).astype(np.int64)
    site = np.array([channel.scale for channel in __import__("edge.expression").expression.TABLE])
    y = rng.standard_normal((6000, N)) * site
    _, usual = calibrated(t_ns, y)
    _, vivid = calibrated(t_ns, 2 * y)
    assert usual.gain == pytest.approx(1, abs=0.05)
    assert vivid.gain == pytest.approx(2, abs=0.25)


def test_a_held_smile_does_not_become_neutral():
    """A smile held for a minute after the warm-up keeps at least nine tenths of its height."""
    rng = np.random.default_rng(5)
    t_ns = (np.arange(30 * 100) * NS // 30).astype(np.int64)
    y = 0.02 * rng.standard_normal((len(t_ns), N))
    smiling = t_ns >= 35 * NS
    for name in ("AU12", "AU10", "AU07", "AU25"):
        y[smiling, INDEX[name]] += 0.8
    x, _ = calibrated(t_ns, y)
    height = x[:, INDEX["AU12"]]
    early, late = height[(t_ns > 36 * NS) & (t_ns < 40 * NS)], height[t_ns > 90 * NS]
    assert np.median(late) >= 0.9 * np.median(early)


def test_a_smile_held_for_minutes_becomes_the_baseline():
    """Learning stops while a face expresses, for two minutes at the most: then the baseline must be wrong."""
    rng = np.random.default_rng(4)
    t_ns = (np.arange(245 * 10) * NS // 10).astype(np.int64)
    y = 0.02 * rng.standard_normal((len(t_ns), N))
    y[300:] += 1.0
    x, _ = calibrated(t_ns, y)
    height = [x[at : at + 50].mean() for at in (310, 1440, 2400)]
    assert height[1] == pytest.approx(height[0], rel=0.1)
    assert height[2] < 0.75 * height[0]


def test_a_constant_channel_measures_nothing():
    """A channel without any variation has x NaN, not 0."""
    t_ns, y = signals(25)
    y[:, 3] = 1.0
    x, _ = calibrated(t_ns, y)
    assert np.isnan(x[-1, 3])
    assert np.isfinite(x[-1, 4])


def test_speech_freezes_the_calibration():
    """What is said after the warm-up does not enter the baseline."""
    t_ns, y = signals(60)
    calm, talking = Calibration(20), Calibration(20)
    for t, row in zip(t_ns, y, strict=True):
        spoken = t > 25 * NS
        talking.update(row + (1.0 if spoken else 0.0), row, int(t), speaking=spoken)
        calm.update(row, row, int(t), speaking=False)
    probe = y[-1]
    after = int(t_ns[-1]) + NS // 30
    kept = talking.update(probe, probe, after, speaking=False)
    assert np.abs(kept - calm.update(probe, probe, after, speaking=False)).max() < 3


def test_speech_is_swinging_not_smiling():
    """Four syllables a second are speech; one slow opening, a brief one, and noise are not."""
    t_s = np.arange(150) / 30
    rng = np.random.default_rng(6)
    noise = 0.01 * rng.standard_normal(150)

    def share(opening):
        speech = Speech()
        return np.mean([speech.update(value, round(t * NS)) for t, value in zip(t_s, opening, strict=True)])

    assert share(noise + 0.4 * np.sin(2 * np.pi * 2 * t_s) ** 2) > 0.5
    assert share(noise + bump(t_s, 1.5, 3.0)) == 0
    assert share(noise + bump(t_s, 2.0, 0.3)) == 0
    assert share(noise) == 0


def sample(t_ns, person, raw):
    """Make an expression as a signals table gives it."""
    return Expression(
        t_ns=t_ns,
        index=0,
        person=person,
        raw=raw,
        x=raw,
        pose_rad=(0.0, 0.0, 0.0),
        canthus_px=100.0,
        presence=1.0,
        box_px=(0.0, 0.0, 1.0, 1.0),
    )


def test_people_do_not_disturb_each_other():
    """A person's signals are the same alone and in company, to the last bit."""
    t_ns, y = signals(24)
    alone, together = Expressions(ExpressionSection()), Expressions(ExpressionSection())
    for t, row in zip(t_ns, y, strict=True):
        expected = alone.update_raw(sample(int(t), 1, row.copy()))
        together.update_raw(sample(int(t), 2, -3 * row))
        actual = together.update_raw(sample(int(t), 1, row.copy()))
        np.testing.assert_array_equal(expected.x, actual.x)


@pytest.mark.parametrize(("away_s", "known"), [(4.0, True), (6.0, False)])
def test_a_long_absence_starts_again(away_s, known):
    """A track lost for more than five seconds warms up again, a shorter absence does not matter."""
    t_ns, y = signals(24)
    people = Expressions(ExpressionSection())
    for t, row in zip(t_ns, y, strict=True):
        people.update_raw(sample(int(t), 1, row.copy()))
    back = people.update_raw(sample(int(t_ns[-1] + away_s * NS), 1, y[-1].copy()))
    assert np.isfinite(back.x).any() == known


def test_forget_and_reset():
    """A forgotten person warms up again, and a reset forgets everybody."""
    t_ns, y = signals(24)
    for forget in (lambda people: people.drop(1), lambda people: people.wipe()):
        people = Expressions(ExpressionSection())
        for t, row in zip(t_ns, y, strict=True):
            people.update_raw(sample(int(t), 1, row.copy()))
        forget(people)
        assert np.isnan(people.update_raw(sample(int(t_ns[-1]) + NS, 1, y[-1].copy())).x).all()


def test_who_arrives_leaves_the_others_calibrated():
    """A newcomer ends only the tracks that have been away for too long, not those that are there."""
    people, (t_ns, y) = Expressions(ExpressionSection()), signals(30)
    for at, row in zip(t_ns, y, strict=True):
        people.update_raw(sample(int(at), 1, row))
    later = int(t_ns[-1]) + 4 * NS
    people.update_raw(sample(later, 2, y[0]))
    assert np.isfinite(people.update_raw(sample(later + NS // 30, 1, y[0])).x).all()
