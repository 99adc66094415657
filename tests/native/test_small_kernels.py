"""The quantiser against its slow twin and within its documented bound."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from edge._native import tape
from edge._native.quantise import fit, quantise
from edge._native.upright import copy
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


@settings(max_examples=100, deadline=None)
@given(st.integers(1, 70), st.integers(1, 70), st.integers(0, 5), st.tuples(*[st.booleans()] * 3))
def test_a_picture_is_copied_out_of_any_view(height, width, padding, way):
    """Mirrored, exchanged and padded pictures come out as NumPy sees them."""
    rng = np.random.default_rng(height * 71 + width)
    rows = rng.integers(0, 256, (height, 3 * width + padding), np.uint8)
    seen = np.lib.stride_tricks.as_strided(rows, (height, width, 3), (*rows.strides[:1], 3, 1))
    seen = seen[:: -1 if way[0] else 1, :: -1 if way[1] else 1]
    seen = seen.swapaxes(0, 1) if way[2] else seen
    out = np.empty(seen.shape, np.uint8)
    copy(seen, out)
    np.testing.assert_array_equal(out, seen)


@pytest.mark.parametrize("shape", [(4, 5, 4), (4, 6, 3), (5, 5, 3)])
def test_a_copy_of_another_shape_is_refused(shape):
    """Other than three channels and a target of another shape are errors, not reads beyond the end."""
    with pytest.raises(ValueError, match=r"expected \[H, W, 3\] twice"):
        copy(np.zeros(shape, np.uint8), np.zeros((4, 5, 3), np.uint8))


@pytest.mark.parametrize(
    "call",
    [
        lambda t, v: tape.before(t, 4, 0),
        lambda t, v: tape.smooth(v, np.empty((3, 2)), 2, 1),
        lambda t, v: tape.smooth(v, np.empty((3, 1)), 1, 1),
        lambda t, v: tape.between(t, v, 2, 3, 0),
        lambda t, v: tape.between(t, v, 4, 2, 0),
    ],
)
def test_a_tape_is_not_read_beyond_its_end(call):
    """Counts beyond the arrays and arrays of other widths are errors."""
    with pytest.raises(ValueError, match="expected"):
        call(np.arange(3), np.zeros((3, 2)))
