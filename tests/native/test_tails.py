"""Tails of the t and the binomial distribution against SciPy."""

import math

import numpy as np
import pytest
from scipy import special

from edge._native.tails import binomial_above, student_below


@pytest.mark.parametrize("df", [1, 2, 5.5, 19, 199, 999, 1e4])
def test_student_is_scipys(df):
    """Both tails agree to 1e-10 of themselves, down to where they vanish."""
    for t in (*np.linspace(-8, 8, 41), -40.0):
        assert student_below(df, t) == pytest.approx(special.stdtr(df, t), rel=1e-10, abs=1e-280)


@pytest.mark.parametrize("n", [1, 2, 9, 100, 5000])
def test_binomial_is_scipys(n):
    """The upper tail agrees to 1e-10 of itself for rare, even and common events."""
    for p in (1e-4, 0.03, 0.5, 0.97):
        for k in sorted({0, n // 7, n // 2, n - 1}):
            expected = special.bdtrc(k, n, p)
            assert binomial_above(k, n, p) == pytest.approx(expected, rel=1e-10, abs=1e-280)


def test_close_to_the_middle():
    """With one degree of freedom it is 1/2 + arctan(t) / pi, to the last digits however small t is."""
    for t in (1e-9, -1e-9, 1e-3):
        assert student_below(1, t) - 0.5 == pytest.approx(math.atan(t) / math.pi, abs=1e-15)


def test_ends():
    """Infinity is certain, all trials are never exceeded, and what is no question is NaN."""
    assert (student_below(3, math.inf), student_below(3, -math.inf), student_below(3, 0)) == (1, 0, 0.5)
    assert (binomial_above(4, 4, 0.3), binomial_above(2, 4, 0.0), binomial_above(2, 4, 1.0)) == (0, 0, 1)
    for value in (student_below(0, 1), student_below(3, math.nan), binomial_above(5, 4, 0.1)):
        assert math.isnan(value)
    assert math.isnan(binomial_above(1, 4, math.nan))
