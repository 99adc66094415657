"""Event coincidence against brute force and its own algebra."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge._native import events
from tests import naive

TIMES = st.lists(st.integers(-60, 200), max_size=12).map(sorted).map(lambda t: np.array(t, np.int64))
TAU, WIDTH = st.integers(-20, 20), st.integers(0, 40)


@settings(max_examples=300, deadline=None)
@given(TIMES, TIMES, TAU, WIDTH)
def test_counts_are_those_of_the_definition(a, b, tau, width):
    """Triggers, responses, delays and exposure equal brute force over every pair of events."""
    assert naive.triggered(a.tolist(), b.tolist(), tau, width) == events.triggered(a, b, tau, width)
    assert naive.responses(a.tolist(), b.tolist(), tau, width) == events.responses(a, b, tau, width)
    assert naive.exposure(a.tolist(), tau, width, -50, 150) == events.exposure(a, tau, width, -50, 150)
    np.testing.assert_array_equal(naive.delays(a, b, tau, width), events.delays(a, b, tau, width))


@settings(max_examples=150, deadline=None)
@given(TIMES, TIMES, st.integers(0, 300), st.integers(0, 2**32 - 1))
def test_draws_are_the_same_counts_on_altered_copies(a, b, length, seed):
    """Every row of a draw equals the plain count on that shifted or jittered copy, wrapped and sorted."""
    offsets = np.random.default_rng(seed).integers(-250, 250, (5, len(b)))
    offsets[0] = 37
    copies = naive.drawn(b, offsets, -50, length)
    ask = {"offsets": offsets, "start": -50, "length": length}
    for draws, plain in [
        (events.triggered_draws, naive.triggered),
        (events.responses_draws, naive.responses),
        (events.delays_draws, naive.delays),
    ]:
        expected = np.array([plain(a.tolist(), copy.tolist(), 3, 20) for copy in copies])
        np.testing.assert_array_equal(expected, draws(a, b, 3, 20, **ask))


def test_closed_interval_is_one_nanosecond_away():
    """The closed interval of Donges et al. is tau - 1 and width + 1: both its ends count."""
    a = np.array([1000], np.int64)
    for t, expected in [(1199, 0), (1200, 1), (1500, 1), (1501, 0)]:
        assert expected == events.triggered(a, np.array([t], np.int64), 199, 301)


def test_large_times_stay_exact():
    """Times of the year 2040 in nanoseconds and intervals of months neither overflow nor round."""
    t = 2_208_988_800 * 10**9
    a, b = np.array([t], np.int64), np.array([t + 10**16 + 1], np.int64)
    assert events.triggered(a, b, 10**16, 1) == 1
    assert events.triggered(a, b, 10**16 + 1, 10**16) == 0


BAD = [
    ((np.array([2, 1]), np.array([1]), 0, 1), r"got 1 at a\[1\]"),
    ((np.array([1]), np.array([1.0]), 0, 1), "got float64"),
    ((np.array([1]), np.array([1]), 0, -1), "got -1 at width"),
    ((np.array([1]), np.array([1]), 0.5, 1), "got 0.5 at tau"),
    ((np.array([2**62]), np.array([1]), 0, 1), "at a"),
    (([1], np.array([1]), 0, 1), "got list at a"),
]


@pytest.mark.parametrize(("arguments", "message"), BAD)
def test_bad_input_is_named(arguments, message):
    """Every bad argument is a ValueError that names it."""
    for ask in (events.triggered, events.responses, events.delays):
        with pytest.raises(ValueError, match=message):
            ask(*arguments)


def test_inputs_are_not_modified():
    """Counting and drawing leave the caller's arrays as they were."""
    a, b = np.arange(0, 100, 7), np.arange(3, 100, 5)
    offsets = np.tile(np.arange(len(b))[::-1] * 10, (3, 1))
    kept = [x.copy() for x in (a, b, offsets)]
    events.responses_draws(a, b, 1, 9, offsets, start=0, length=100)
    for before, after in zip(kept, (a, b, offsets), strict=True):
        np.testing.assert_array_equal(before, after)
