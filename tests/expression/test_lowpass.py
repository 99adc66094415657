"""The common low-pass."""

import numpy as np
import pytest
from scipy import signal

from edge.expression.lowpass import Lowpass

NS = 1_000_000_000
W = 2 * np.pi * 6.0


def run(t_s, u, cutoff_hz=6.0):
    """Filter u [n, C] sampled at t_s."""
    low = Lowpass(cutoff_hz, u.shape[1])
    return np.array([low.update(row, round(t * NS)) for t, row in zip(t_s, u, strict=True)])


def test_against_scipy():
    """On a random input at 30 Hz it is the analogue filter of scipy driven by straight lines, to 1e-6."""
    rng = np.random.default_rng(1)
    t_s = np.arange(300) / 30
    u = rng.standard_normal((300, 1))
    system = signal.lti([W * W], [1, np.sqrt(2) * W, W * W])
    _, expected, _ = signal.lsim(system, u[:, 0] - u[0, 0], t_s)
    np.testing.assert_allclose(run(t_s, u)[:, 0], expected + u[0, 0], atol=1e-6)


@pytest.mark.parametrize("rate_hz", [24, 30, 60, 120])
def test_delay_does_not_depend_on_the_rate(rate_hz):
    """A ramp comes out sqrt(2)/w = 37.5 ms late at every frame rate."""
    t_s = np.arange(4 * rate_hz) / rate_hz
    late_s = t_s[-1] - run(t_s, t_s[:, None])[-1, 0]
    assert late_s == pytest.approx(np.sqrt(2) / W, abs=1e-6)


def test_irregular_times():
    """Samples of a slow sine at irregular times agree with the exact answer within a fiftieth."""
    rng = np.random.default_rng(2)
    t_s = np.cumsum(rng.uniform(0.012, 0.045, 800))
    found = run(t_s, np.sin(2 * np.pi * t_s)[:, None])[:, 0]
    gain = signal.lti([W * W], [1, np.sqrt(2) * W, W * W]).freqresp([2 * np.pi])[1][0]
    expected = np.abs(gain) * np.sin(2 * np.pi * t_s + np.angle(gain))
    assert np.abs(found - expected)[t_s > 1].max() < 0.02


def test_gaps():
    """NaN in is NaN out; half a second is bridged, more starts again at the new value."""
    t_s = np.arange(90) / 30
    u = np.ones((90, 2))
    u[30:40, 0] = np.nan
    u[30:46, 1] = np.nan
    u[40:, 0], u[46:, 1] = 5, 5
    y = run(t_s, u)
    assert np.isnan(y[30:40, 0]).all()
    assert np.isnan(y[30:46, 1]).all()
    assert y[40, 0] < 5
    assert y[46, 1] == 5


def test_people_are_delayed_alike():
    """Copies of a signal sampled at 30 and at 60 Hz keep their lag of zero within a millisecond."""
    slow, fast = np.arange(300) / 30, np.arange(600) / 60
    a = run(slow, np.sin(2 * np.pi * 0.8 * slow)[:, None])[:, 0]
    b = run(fast, np.sin(2 * np.pi * 0.8 * fast)[:, None])[::2, 0]
    assert np.abs(a - b)[60:].max() < 2 * np.pi * 0.8 * 1e-3
