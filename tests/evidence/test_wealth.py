"""Wealth: a test martingale since the start and a detector of now, against closed forms and Ville."""

import itertools
import math

import numpy as np
import pytest

from edge.evidence.wealth import HORIZONS_S, Wealth

CELL_NS = 10_000_000_000
CHANCE = (0.25, 0.75)


def _won(looks):
    wealth = Wealth(2)
    for k, log_e in enumerate(looks):
        wealth.update(np.asarray(log_e), k * CELL_NS, (k + 1) * CELL_NS)
    return wealth


def _all_games(looks):
    """Yield the chance and the wealth of every course of a game."""
    fair = np.log([[2.0, 3.4], [2 / 3, 0.2]])  # .25 e + .75 e' = 1 for each effect
    for course in itertools.product((0, 1), repeat=looks):
        yield math.prod(CHANCE[one] for one in course), _won([fair[one] for one in course])


def test_the_expectation_is_one_after_any_number_of_looks():
    """Over every course of a fair game of 7 looks, E averages to exactly 1, horizons and all."""
    for looks in (1, 2, 7):
        total = sum(chance * math.exp(wealth.log_e) for chance, wealth in _all_games(looks))
        assert total == pytest.approx(1.0, rel=1e-12)


def test_without_a_bet_nothing_changes():
    """Looks that carry no bet leave E and D at 1 and are not counted."""
    wealth = _won([[0.0, 0.0]] * 50)
    assert wealth.log_e == pytest.approx(0.0, abs=1e-12)
    assert (wealth.log_now, wealth.looks) == (0.0, 0)


def test_the_endless_horizon_is_the_plain_mixture():
    """One horizon never spreads anew: E is at least a quarter of the mean of the plain products."""
    rng = np.random.default_rng(3)
    looks = rng.normal(0.2, 1.0, (60, 2))
    plain = np.log(np.mean(np.exp(np.append(looks.sum(axis=0), 0.0))))
    assert HORIZONS_S[-1] == math.inf
    assert _won(looks).log_e >= plain - math.log(len(HORIZONS_S))


def test_short_horizons_follow_an_effect_that_changes_its_side():
    """Effects that pay in turn for five minutes each make a tracker rich that leaves a fixed bet poor."""
    turns = [[1.0, -1.0]] * 30 + [[-1.0, 1.0]] * 30
    assert np.sum(turns, axis=0).max() == 0.0
    assert _won(turns).log_e > 40.0


@pytest.mark.parametrize("a", [0.05, 0.2])
def test_ville(a):
    """In 400 fair games of 300 looks E reaches 1/a in a share of at most a, and not hardly ever."""
    rng = np.random.default_rng(11)
    fair = np.log([[2.0, 3.4], [2 / 3, 0.2]])
    reached = 0
    for _ in range(400):
        wealth = Wealth(2)
        for k, won in enumerate(rng.random(300) < CHANCE[0]):
            wealth.update(fair[0 if won else 1], k * CELL_NS, (k + 1) * CELL_NS)
            if wealth.log_e >= -math.log(a):
                reached += 1
                break
    assert 0 < reached <= 400 * a + 2 * math.sqrt(400 * a)


def test_the_detector_is_the_restarting_product():
    """D of one effect is max(D, 1) e, and the mean over the effects counts."""
    looks = np.random.default_rng(5).normal(-0.1, 1.0, (80, 2))
    D = np.ones(2)
    wealth = Wealth(2)
    for k, log_e in enumerate(looks):
        D = np.maximum(D, 1.0) * np.exp(log_e)
        wealth.update(log_e, k * CELL_NS, (k + 1) * CELL_NS)
        assert math.exp(wealth.log_now) == pytest.approx(D.mean(), rel=1e-12)


def test_the_detector_knows_when_it_last_began():
    """After forty losing looks the beginning is that of the first winning one."""
    wealth = _won([[-0.5, -0.7]] * 40 + [[1.0, 0.5]] * 5)
    assert wealth.since_ns == 40 * CELL_NS
    assert wealth.log_now > 4.0 > wealth.log_e
