"""Bets: their expectation is exactly 1 under the null, with ties and with missing values."""

import math

import numpy as np
import pytest

from edge.evidence.bets import log_mean_exp, ranked, tilted

EFFECTS = np.log([0.25, 2.0, 4.0, 16.0])


@pytest.mark.parametrize("scores", [[0, 0, 1, 0], [3, 1, 0, 0, 2, 2], [0.0, 0.0], [700.0, -700.0, 0.1]])
def test_a_tilted_bet_is_fair(scores):
    """Over all outcomes of a cell, each as likely, the e-value of every effect averages to 1."""
    scores = np.array(scores, dtype=float)
    e = np.exp([tilted(np.multiply.outer(EFFECTS, np.roll(scores, -k))) for k in range(len(scores))])
    np.testing.assert_allclose(e.mean(axis=0), 1.0, rtol=1e-12)


def test_a_tilted_bet_on_a_count_is_the_binomial_likelihood_ratio():
    """One onset in a window that covers the share p of its cell: e = b / (1 + p (b - 1))."""
    inside = np.array([1.0] * 13 + [0.0] * 87)
    b = np.array([2.0, 8.0])
    found, missed = (np.exp(tilted(np.multiply.outer(np.log(b), one))) for one in (inside, inside[::-1]))
    np.testing.assert_allclose(found, b / (1 + 0.13 * (b - 1)), rtol=1e-12)
    np.testing.assert_allclose(missed, 1 / (1 + 0.13 * (b - 1)), rtol=1e-12)


@pytest.mark.parametrize(
    "values", [[0.3, 1.2, -4.0, 0.9], [1.0, 1.0, 1.0], [1.0, 2.0, 2.0, 2.0, 5.0], list(range(40))]
)
def test_a_ranked_bet_is_fair(values):
    """Over all values that might have been the observed one, ties included, the e-value averages to 1."""
    values = np.array(values, dtype=float)
    e = np.exp([ranked(np.roll(values, -k), EFFECTS) for k in range(len(values))])
    np.testing.assert_allclose(e.mean(axis=0), 1.0, rtol=1e-12)


def test_a_ranked_bet_grows_with_the_rank_and_with_the_effect():
    """The top rank of 40 pays more the larger the effect; a negative effect pays for the bottom rank."""
    top, bottom = np.arange(40.0)[::-1], np.arange(40.0)
    assert np.all(np.diff(ranked(top, EFFECTS[1:])) > 0)
    assert ranked(bottom, EFFECTS[:1])[0] > 0 > ranked(top, EFFECTS[:1])[0]


@pytest.mark.parametrize("values", [[math.nan, 1.0, 2.0], [1.0, math.nan], [1.0]])
def test_nothing_to_compare_is_no_bet(values):
    """A missing value, or a value alone, leaves every wealth as it is."""
    assert not ranked(np.array(values), EFFECTS).any()


def test_missing_comparisons_are_left_out():
    """A far value that is not measurable counts neither above nor below."""
    some = ranked(np.array([2.0, 1.0, math.nan, 3.0, math.nan]), EFFECTS)
    np.testing.assert_array_equal(some, ranked(np.array([2.0, 1.0, 3.0]), EFFECTS))


def test_large_values_tie_within_their_digits():
    """Of values of a million a difference of 1e-7 is none."""
    near, equal = (ranked(np.array([1e6, 1e6 + apart, 2e6]), EFFECTS) for apart in (1e-7, 0.0))
    np.testing.assert_array_equal(near, equal)


def test_the_mean_of_exponentials_does_not_overflow():
    """Ln of the mean of e^2000 and e^1998 is 2000 + ln((1 + e^-2) / 2)."""
    assert log_mean_exp(np.array([2000.0, 1998.0])) == pytest.approx(2000 + math.log((1 + math.exp(-2)) / 2))
    assert log_mean_exp(np.array([-math.inf, -math.inf])) == -math.inf
