"""Page's test of the rate of answers: against its definition, and how often it ends what goes on."""

import math

import numpy as np
import pytest

from edge.evidence.fading import GONE, RECENT_NS, Fading, Tally

LOOK_NS = 10_000_000_000


def _looks(fading, course, chance, tally, at=0):
    """Take (asked, answered) of every look of 10 s; return whether it had ended after each."""
    ended = []
    for k, (asked, answered) in enumerate(course):
        tally = tally.and_then(Tally(asked, answered, chance))
        ended.append(fading.ended(tally, (at + k + 1) * LOOK_NS))
    return ended


def _noticed(asked, answered, chance):
    """Return a test of what has just been noticed, and the tally so far."""
    fading, tally = Fading(), Tally(asked, answered, chance)
    fading.wait(tally, LOOK_NS)
    return fading, tally


@pytest.mark.parametrize("seed", range(5))
def test_as_defined(seed):
    """W of random looks is Page's, with the rate (k + 1) / (n + 2) of all looks before."""
    rng = np.random.default_rng(seed)
    course = [(n, rng.binomial(n, 0.6)) for n in rng.poisson(0.7, 60)]
    asked, answered, W, expected = 9, 7, 0.0, []
    for n, k in course:
        q = min(max((answered + 1) / (asked + 2), 0.25), 0.9)
        W = max(0.0, W + (n - k) * math.log(0.9 / (1 - q)) - k * math.log(q / 0.1))
        asked, answered = asked + n, answered + k
        expected.append(W >= GONE)
    fading, tally = _noticed(9, 7, 0.1)
    assert _looks(fading, course, 0.1, tally, at=1) == expected


def test_an_answer_takes_back_what_was_missing():
    """Of what is nearly always answered one miss is no end, nor one beside an answer; two in a row are."""
    fading, tally = _noticed(30, 29, 0.1)
    course = [(1, 0), (1, 1), (1, 0), (1, 0)]
    assert _looks(fading, course, 0.1, tally, at=1) == [False, False, False, True]


def test_only_the_last_two_minutes_before_the_notice_count():
    """Ten misses before two minutes of answers leave the rate as if there had been those minutes alone."""
    fading, tally = Fading(), Tally()
    for k in range(23):
        tally = tally.and_then(Tally(1, int(k >= 10), 0.1))
        fading.wait(tally, (k + 1) * LOOK_NS)
    fresh, known = _noticed(RECENT_NS // LOOK_NS, RECENT_NS // LOOK_NS, 0.1)
    course = [(1, 0), (0, 0), (1, 0)]
    assert _looks(fading, course, 0.1, tally, at=23) == _looks(fresh, course, 0.1, known, at=1)
    assert _looks(fading, course, 0.1, tally, at=26)[-1]


def test_what_has_ended_begins_from_nothing_again():
    """After an end and a new notice one miss is no end."""
    fading, tally = _noticed(30, 29, 0.1)
    assert _looks(fading, [(4, 0)], 0.1, tally, at=1) == [True]
    tally = Tally(60, 55, 0.1)
    fading.wait(tally, 30 * LOOK_NS)
    assert _looks(fading, [(1, 0)], 0.1, tally, at=30) == [False]


@pytest.mark.parametrize("chance", [0.85, 0.95])
def test_a_chance_that_explains_everything_ends_nothing(chance):
    """Who smiles all the time answers by chance: neither answers nor misses are worth anything then."""
    fading, tally = _noticed(10, 10, chance)
    ended = _looks(fading, [(1, 1), (1, 0), (1, 1)], chance, tally, at=1)
    assert ended == [False, False, False]


def test_how_often_what_goes_on_is_ended_and_how_soon_what_is_over():
    """Four smiles a minute, .65 answered, .1 by chance: one to four false ends an hour, .6 ended in 100 s."""
    rng = np.random.default_rng(8)
    going, over, looks = 0, 0, 180
    for _ in range(40):
        for rate, n in ((0.65, looks), (0.1, 10)):
            fading, tally = _noticed(10, 7, 0.1)
            asked = rng.poisson(4 / 6, n)
            ended = _looks(fading, [(m, rng.binomial(m, rate)) for m in asked], 0.1, tally, at=1)
            going += any(ended) and rate == 0.65
            over += any(ended) and rate == 0.1
    assert 8 <= going <= 36
    assert over >= 24


def test_answers_before_the_last_two_minutes_do_not_count():
    """Ten answers before two minutes of every second one leave the rate at a half."""
    fading, tally = Fading(), Tally()
    for k in range(23):
        tally = tally.and_then(Tally(1, int(k < 10 or k % 2), 0.1))
        fading.wait(tally, (k + 1) * LOOK_NS)
    fresh, known = _noticed(12, 6, 0.1)
    course = [(1, 0)] * 6
    assert _looks(fading, course, 0.1, tally, at=23) == _looks(fresh, course, 0.1, known, at=1)
