"""Quantiser and profile against their slow twins, and the quantiser within its documented bound."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from edge._native.profile import fisher_z, peaks
from edge._native.quantise import fit, quantise
from tests import naive


@settings(max_examples=200, deadline=None)
@given(arrays(np.float64, st.integers(0, 30)), st.floats(-1e6, 1e6), st.floats(1e-3, 1e3))
def test_quantiser_rounds_clips_and_marks(x, offset, step):
    """Half to even, clipped to +-32767, not finite is missing: as in Python's own arithmetic."""
    with np.errstate(over="ignore"):
        np.testing.assert_array_equal(naive.quantise(x, offset, step), quantise(x, offset, step))


def test_integers_that_fit_stay_exact():
    """Integer data over 65534 steps survive the way to 16 bits and back unchanged, whatever their offset."""
    for low in (-32767, 0, 10**9):
        x = low + np.arange(0, 65535, dtype=np.float64)
        offset, step = fit(x)
        q = quantise(x, offset, step)
        assert step == 1.0
        np.testing.assert_array_equal(x, offset + step * q.astype(np.float64))
    assert fit(np.array([0.0, 65535.0]))[1] > 1.0
    assert fit(np.array([np.nan])) == (0.0, 1.0)
    assert fit(np.full(3, 2.5)) == (2.5, 1.0)


@pytest.mark.parametrize("scale", [1e-4, 1.0, 250.0])
def test_effect_on_r_stays_within_the_documented_bound(scale):
    """|r' - r| <= step_x/s_x + step_y/s_y on 2000 windows, and its typical size is the one documented."""
    rng = np.random.default_rng(8)
    n, errors, typical = 70, [], []
    for _ in range(2000):
        x = scale * np.cumsum(rng.standard_normal(n))
        y = rng.uniform(-1, 1) * x + scale * rng.standard_normal(n)
        step = rng.uniform(0.05, 0.8) * min(x.std(), y.std())
        xq, yq = (step * quantise(s, 0.0, step).astype(float) for s in (x, y))
        error = abs(naive.pearson(xq, yq) - naive.pearson(x, y))
        assert error <= step / x.std() + step / y.std()
        errors.append(error)
        typical.append(np.hypot(step / x.std(), step / y.std()) / np.sqrt(12 * n))
    assert np.sqrt(np.mean(np.square(errors))) < 1.5 * np.sqrt(np.mean(np.square(typical)))


ROWS = arrays(
    np.float64,
    st.integers(0, 5).map(lambda k: 2 * k + 1),
    elements=st.one_of(st.floats(-1, 1), st.just(np.nan)),
)


@settings(max_examples=300, deadline=None)
@given(ROWS, st.booleans())
def test_peak_is_that_of_the_parabola(row, absolute):
    """Lag and value equal a least-squares parabola through the peak and its neighbours."""
    lag, value = peaks(row, absolute=absolute)
    expected = naive.peak(row, absolute=absolute)
    np.testing.assert_allclose(expected, (float(lag), float(value)), rtol=1e-5, atol=1e-5)
    if not np.isnan(row).all():
        assert abs(lag) <= len(row) // 2


@pytest.mark.parametrize("shift", np.linspace(-0.5, 0.5, 11))
def test_sub_sample_lag_of_a_true_parabola(shift):
    """A sampled parabola gives its apex and height exactly between the samples, row by row."""
    k = np.arange(-5, 6)
    rows = np.stack([0.9 - 0.01 * (k - 2 - shift) ** 2, 0.5 - 0.02 * (k + 3 - shift) ** 2])
    lag, value = peaks(rows)
    np.testing.assert_allclose([2 + shift, -3 + shift], lag, atol=1e-9)
    np.testing.assert_allclose([0.9, 0.5], value, atol=1e-9)


def test_fisher_z_is_clamped_like_rmea():
    """Z is atanh(r), +-10 at |r| = 1, NaN where r is NaN, in any shape."""
    r = np.array([[0.0, 0.5, -0.5], [1.0, -1.0, np.nan]])
    z = fisher_z(r)
    np.testing.assert_allclose(np.arctanh(r[0]), z[0], rtol=1e-15)
    np.testing.assert_array_equal([10.0, -10.0, np.nan], z[1])
    out = np.empty_like(r)
    assert fisher_z(r, out) is out
