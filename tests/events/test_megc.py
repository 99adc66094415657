"""The evaluator itself, on counts known from the protocol."""

import pytest

from tests.validate.megc import Score, frames, iou, score


def test_published_counts_give_the_published_scores():
    """The published baseline counts (57 truths, 5035 predictions, 21 hits) give its published figures."""
    baseline = Score(tp=21, fp=5035 - 21, fn=57 - 21)
    assert baseline.recall == pytest.approx(0.3684, abs=5e-5)
    assert baseline.precision == pytest.approx(0.00417, abs=5e-6)
    assert baseline.f1 == pytest.approx(0.00825, abs=5e-6)


def test_half_overlap_counts_and_less_does_not():
    """Inclusive frames 1-10 against 1-5 overlap by exactly one half, against 1-4 by less."""
    assert iou(frames((1, 10)), frames((1, 5))) == 0.5
    assert score([frames((1, 10))], [frames((1, 5))]) == Score(1, 0, 0)
    assert score([frames((1, 10))], [frames((1, 4))]) == Score(0, 1, 1)


def test_disjoint_intervals_share_nothing():
    """Disjoint intervals have an overlap of 0, however near."""
    assert iou((0, 1), (1, 2)) == 0


def test_each_truth_counts_once():
    """Two predictions on one truth are a hit and a false alarm; predictions without truth are all false."""
    assert score([(0, 1)], [(0, 1), (0.1, 1)]) == Score(1, 1, 0)
    assert score([], [(0, 1), (2, 3)]) == Score(0, 2, 0)
