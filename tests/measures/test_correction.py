"""Tails and states: right far out for any shape, one meaning of the rate, rooms first, signs both ways."""

from dataclasses import replace

import numpy as np
import pytest

from edge.measures.conclude import conclude
from edge.measures.correction import rooms_first
from edge.measures.findings import Finding
from edge.measures.table import BY_NAME
from edge.measures.tails import left_out, pooled_tail, quantile, student_tail
from edge.measures.verdict import judge

SHAPES = {
    "normal": lambda rng, n: rng.normal(size=n),
    "gamma, skew 1": lambda rng, n: rng.gamma(4.0, size=n),
    "log-normal": lambda rng, n: rng.lognormal(0.0, 0.5, n),
    "half zero": lambda rng, n: np.sqrt(
        np.maximum(rng.normal(size=n), 0) * np.maximum(rng.normal(size=n), 0)
    ),
    "t of 5": lambda rng, n: rng.standard_t(5, n),
    "counts of 3": lambda rng, n: rng.poisson(3.0, n).astype(float),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_tails_are_right_where_the_correction_reads_them(shape):
    """Of values drawn as the null is, at most 2.5 in a thousand have a tail of .0012, and some have .01."""
    rng, tails = np.random.default_rng(6), []
    for _ in range(400):
        values, draws = SHAPES[shape](rng, 12), SHAPES[shape](rng, (12, 39))
        sd = np.maximum(draws.std(axis=1, ddof=1), 1e-9)
        t = (values - draws.mean(axis=1)) / (sd * np.sqrt(1 + 1 / 39))
        tails.append(pooled_tail(t, np.concatenate([left_out(one) for one in draws])))
    assert np.mean(np.array(tails) <= 0.0012) <= 0.0025
    assert 0.003 <= np.mean(np.array(tails) <= 0.01) <= 0.015


def test_left_out_draws_are_those_of_a_hand():
    """Each draw is standardised by the mean and deviation of the others, as one more draw would be."""
    draws = np.random.default_rng(7).normal(size=25)
    for k in (0, 11):
        rest = np.delete(draws, k)
        expected = (draws[k] - rest.mean()) / (rest.std(ddof=1) * np.sqrt(1 + 1 / 24))
        assert left_out(draws)[k] == pytest.approx(expected, rel=1e-9)


def test_a_skewed_room_is_not_far_out():
    """A skew towards the value enlarges its tail, one away from it changes nothing."""
    assert student_tail(4.0, 0.0, 39) == student_tail(4.0, -1.0, 39) < 0.2 * student_tail(4.0, 1.0, 39)


@pytest.mark.parametrize("n", [1, 2, 6, 199])
def test_quantiles_of_few_numbers_are_those_of_numpy(n):
    """Any quantile of any few numbers is NumPy's to the last digits."""
    x = np.random.default_rng(n).normal(size=n)
    for q in (0.0, 0.025, 0.25, 0.5, 0.975, 1.0):
        assert quantile(x, q) == pytest.approx(np.quantile(x, q), abs=1e-15)


def _finding(name, subject, value, seed=1):
    draws = np.random.default_rng((seed, *subject)).normal(size=99)
    return Finding(
        name=name, subject=subject, t_ns=0, value=value, draws=(draws - draws.mean()) / draws.std()
    )


def _states(*findings):
    measures = conclude([judge(one) for one in findings], BY_NAME, alpha=0.05, fdr_q=0.1)
    return [one.state for one in measures]


def test_a_verdict_does_not_depend_on_what_else_runs():
    """The state of a pair is the same alone and beside any number of other measures, far out or not."""
    pair = _finding("expression_synchrony", (1, 2), 3.4)
    others = [
        _finding(name, subject, value)
        for name in ("response_timeliness", "slope_concordance", "coupling_loop")
        for subject in ((1, 2), (1, 3))
        for value in (0.0, 9.0)
    ]
    for value in np.arange(2.0, 5.0, 0.25):
        one = replace(pair, value=value)
        assert _states(one)[0] == _states(one, *others)[0]
    assert {_states(replace(pair, value=value))[0] for value in (2.0, 5.0)} == {"at_chance", "above"}


def test_the_room_opens_its_pairs():
    """Pairs are corrected at three quarters of the level, at the whole of it once the room is rejected."""
    rooms = np.array([True, False, False])
    assert rooms_first(np.array([0.5, 0.004, 0.5]), rooms, 0.01).tolist() == [False, False, False]
    assert rooms_first(np.array([0.0024, 0.004, 0.5]), rooms, 0.01).tolist() == [True, True, False]
    assert rooms_first(np.array([0.0026, 0.004, 0.5]), rooms, 0.01).tolist() == [False, False, False]
    assert rooms_first(np.array([0.5, 0.0037, 0.5]), rooms, 0.01).tolist() == [False, True, False]
    assert rooms_first(np.array([0.01]), np.array([True]), 0.01).tolist() == [True]


def test_a_sign_has_two_sides():
    """A signed measure's p is two-sided, its state has the sign's word; others stay one-sided."""
    for value, state in ((5.0, "above"), (-5.0, "below"), (0.0, "at_chance")):
        one = _finding("following_asymmetry", (1, 2), value)
        (measure,) = conclude([judge(one)], BY_NAME, alpha=0.05, fdr_q=0.1)
        judged = judge(one)
        assert measure.state == state
        assert measure.p == pytest.approx(min(1.0, 2 * min(judged.p_above, judged.p_below)))
    other = judge(_finding("expression_synchrony", (1, 2), -5.0))
    assert conclude([other], BY_NAME, alpha=0.05, fdr_q=0.1)[0].p == other.p_above > 0.9


def test_no_tail_is_above_one():
    """In the middle of an even number of draws both tails hold more than half: twice that is at most 1."""
    one = _finding("following_asymmetry", (1, 2), 0.0)
    one = replace(one, draws=one.draws[:98], value=float(np.median(one.draws[:98])))
    (measure,) = conclude([judge(one)], BY_NAME, alpha=0.05, fdr_q=0.1)
    assert (measure.p, measure.extra["p_tail"]) == (1.0, 1.0)
