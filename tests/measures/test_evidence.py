"""Evidence of the measures on simulated meetings: fair without a coupling, found with one, in time."""

import math
from dataclasses import replace

import numpy as np
import pytest

from edge.measures.bets import blocks
from edge.measures.bets.answers import asked
from tests.validate import looks
from tests.validate.drive import event
from tests.validate.looks import watch
from tests.validate.meetings import CHANNELS, Scene, meet

PLANTED = Scene(people=3, minutes=16.0, pairs=((0, 1),), q=0.8, from_s=300.0, until_s=660.0, seed=4)
ANSWERS = {"response_timeliness", "response_pull", "brief_event_mirroring"}
SHORT = frozenset({"response_timeliness", "expression_synchrony", "mimicry_index"})


@pytest.fixture(scope="module")
def planted():
    """Return what came of six minutes of answers between minutes without."""
    return watch(meet(PLANTED), SHORT)


def test_the_planted_pair_is_found_in_its_time(planted):
    """A follower's answers are under way from when they begin until they end, within a minute or so."""
    spells, _ = planted
    (found,) = [one for one in spells if (one.name, one.subject) == ("response_timeliness", (1, 2))]
    assert found.state == "above"
    assert found.noticed_s < 300.0 + 180.0
    assert abs(found.start_s - 300.0) <= 60.0
    assert abs(found.end_s - 660.0) <= 60.0
    assert found.left_s <= 660.0 + 120.0


def test_nobody_else_is_found(planted):
    """Of pairs that do nothing, and of the other direction, nothing is under way at any look."""
    spells, _ = planted
    assert {one.subject for one in spells if one.name == "response_timeliness"} <= {(1, 2), ()}


def test_evidence_grows_only_while_there_is_something(planted):
    """Before the answers begin it is less than 10 to 1, after six minutes of them more than 10,000 to 1."""
    _, evidence = planted
    bans = dict(evidence["response_timeliness", (1, 2)])
    assert max(at for second, at in bans.items() if second <= 310) < 1.0
    assert bans[680] > 4.0
    assert max(at for _, at in evidence["response_timeliness", (2, 3)]) < 1.3


def test_the_room_is_the_mean_of_its_pairs(planted):
    """The room's e-value is the mean of those of its directed pairs, at every look."""
    _, evidence = planted
    pairs = [dict(those) for (name, subject), those in evidence.items() if name in ANSWERS and subject]
    for second, bans in evidence["response_timeliness", ()][::20]:
        assert 10**bans == pytest.approx(np.mean([10 ** one[second] for one in pairs]), rel=1e-9)


def test_answers_in_gaps_are_no_evidence():
    """People who are missing together for seconds at a time, and move on their own, gather no evidence."""
    meeting = meet(Scene(people=2, minutes=12.0, rate=8.0, seed=3))
    x = meeting.x.copy()
    for k in range(40, x.shape[2], 100):
        x[:, :, k : k + 50] = np.nan
    seen = [one for one in meeting.events if (one[2] % 10.0) < 4.0 or (one[2] % 10.0) > 9.0]
    _, evidence = watch(
        replace(meeting, x=x, events=seen), frozenset({"response_timeliness", "response_pull"})
    )
    assert len(seen) > 50
    assert max(bans for those in evidence.values() for _, bans in those) < 1.3


def _won(delay_s, cells=1):
    """Return E of answers that come after this delay, once in each of some cells."""
    meeting = meet(Scene(people=2, minutes=2.0, rate=0.0, noise=1.0, seed=1))
    smiles = [(p, 10.0 * c + at) for c in range(cells) for p, at in ((0, 12.0), (1, 12.0 + delay_s))]
    events = [(person, "AU12", at, at + 0.5, at + 2.0) for person, at in smiles]
    _, evidence = watch(replace(meeting, events=events), frozenset({"response_timeliness"}))
    return 10.0 ** evidence["response_timeliness", (1, 2)][-1][1]


@pytest.mark.parametrize("delay_s", [0.3, 0.45, 0.7, 1.1, 2.5])
def test_an_answer_pays_by_its_delay(delay_s):
    """One answer: the mean over the idle share and the four usual delays of its likelihood ratio."""
    e = []
    for usual_s, R in ((0.7, 8), (0.7, 24), (0.45, 24), (1.1, 24)):
        delays = [(2.0 + delay_s + turn / 10) % 10 - 2 for turn in range(100)]
        ratios = [
            1 + R * math.exp(-(math.log(tau / usual_s) ** 2) / (2 * 0.3**2)) if tau > 0.15 else 1.0
            for tau in delays
        ]
        e.append(ratios[0] / np.mean(ratios))
    assert _won(delay_s) == pytest.approx((1.0 + sum(e)) / 5.0, rel=1e-9)


@pytest.mark.parametrize("delay_s", [0.45, 0.7, 1.1])
def test_whatever_delay_is_usual_for_a_pair_is_found(delay_s):
    """Six answers at a delay of the pair's own are evidence of 1,000 to 1; six at 2.5 s are none."""
    assert _won(delay_s, cells=6) > 1000.0
    assert _won(2.5, cells=6) < 1.0


def test_what_was_asked_and_what_was_answered():
    """Smiles whose 1.5 s end in the cell, but for one while the follower is missing; answers after .15 s."""
    quiet = meet(Scene(people=2, minutes=1.0, rate=0.0, noise=1.0, seed=1))
    x = quiet.x.copy()
    x[1, :, 155:160] = np.nan
    smiles = [(1, 8.4), (1, 9.0), (1, 12.0), (1, 15.0), (1, 17.0), (1, 18.6)]
    smiles += [(2, 12.7), (2, 17.1), (2, 19.0), (2, 21.0)]
    seen = [event(person, "AU12", at, at + 0.5, at + 2.0) for person, at in smiles]
    context = looks.bets_context(replace(quiet, x=x), 32, CHANNELS, seen)
    tally = asked(context, (1, 2), 10 * 10**9)
    assert (tally.asked, tally.answered) == (3, 1)
    assert tally.chance == pytest.approx(1 - math.exp(-4.5 / 32 * 1.5), rel=1e-9)


def test_gaps_do_not_raise_the_peak():
    """The maximum over lags of noise is as high with a quarter of the samples missing as with none."""
    rng = np.random.default_rng(4)
    x, y = rng.standard_normal((2000, 100)), rng.standard_normal((2000, 140))
    whole = blocks.peak(x, y)
    x[:, 30:50] = np.nan
    y[:, 40:60] = np.nan
    gappy = blocks.peak(x, y)
    assert np.isfinite(gappy).mean() > 0.95
    assert np.nanmean(gappy) == pytest.approx(whole.mean(), rel=0.08)


def test_the_peak_is_the_largest_correlation():
    """Without gaps it is max over lags of atanh r, scaled by the samples, as NumPy computes it."""
    rng = np.random.default_rng(9)
    x, y = rng.standard_normal((1, 50)), rng.standard_normal((1, 60))
    r = [np.corrcoef(x[0], y[0, lag : lag + 50])[0, 1] for lag in range(11)]
    expected = np.arctanh(max(r)) * np.sqrt(47 / 50)
    assert blocks.peak(x, y)[0] == pytest.approx(expected, rel=1e-12)


def test_a_sign_between_pairs_means_nothing():
    """The room of the signed measure gathers evidence for either direction, and never goes below chance."""
    meeting = meet(Scene(people=3, minutes=8.0, pairs=((0, 1), (0, 2)), q=0.8, seed=5))
    spells, evidence = watch(meeting, frozenset({"following_asymmetry"}))
    assert dict(evidence["following_asymmetry", ()])[480] > 1.0
    assert {one.state for one in spells if one.subject == ()} <= {"above"}
    assert {one.state for one in spells if one.subject == (1, 2)} == {"below"}
