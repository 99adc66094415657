"""Enough is a sum: minutes in which both are measurable add up, wherever they lie."""

import numpy as np
import pytest

import edge

BY_MINUTES = ("expression_synchrony", "coupling_loop", "low_intensity_response")
PIECES = [(300, 0, 300), (20, 20, 500), (10, 6, 400), (30, 15, 360)]


def judged(on_s, off_s, seconds):
    """Measure two people, one of whom is away in turns; return the measures that were judged."""
    rng = np.random.default_rng(3)
    smooth = np.exp(-np.arange(40) / 8)
    x, y = (np.convolve(rng.normal(size=10 * seconds + 39), smooth, "valid") for _ in range(2))
    y[np.arange(10 * seconds) / 10 % (on_s + off_s) >= on_s] = np.nan
    found = edge.measure([x, y], rate_hz=10, measures=BY_MINUTES)
    return {one.name for one in found if len(one.subject) == 2 and one.state != "insufficient"}


@pytest.mark.parametrize(
    ("on_s", "off_s", "seconds"), [(300, 0, 300), (20, 20, 500), (10, 6, 400), (30, 15, 360)]
)
def test_pieces_add_up(on_s, off_s, seconds):
    """Four minutes together are judged alike in one piece and in pieces of ten to thirty seconds."""
    assert judged(on_s, off_s, seconds) == set(BY_MINUTES)


@pytest.mark.parametrize(("on_s", "off_s", "seconds"), [(150, 0, 150), (20, 20, 240), (10, 30, 500)])
def test_too_little_is_not_judged(on_s, off_s, seconds):
    """Two minutes together are too little, however long both were known and however they lie."""
    assert judged(on_s, off_s, seconds) == set()
