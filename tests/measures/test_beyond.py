"""The room's index is not raised by shared occasions; what light and cameras do to all faces is refused."""

import numpy as np
import pytest

from edge.evidence.bets import log_mean_exp
from edge.measures.bets.room import Orders
from edge.measures.bets.signals import triad
from edge.measures.common import common
from tests.validate.drive import at_once, on_grid
from tests.validate.gatherings import CHANNELS, Gathering, meet
from tests.validate.looks import bets_context, watch
from tests.validate.meetings import Scene
from tests.validate.meetings import meet as meet_often

FINE = ("coupling_loop", "low_intensity_response", "behavioural_phase_locking", "group_phase_coherence")
SYNCHRONY = frozenset({"expression_synchrony", "mimicry_index"})


@pytest.fixture(scope="module")
def jokes():
    """Return the measures of ten minutes in which everybody laughs at four jokes a minute."""
    return on_grid(meet(Gathering(jokes_min=4.0, seed=3)), CHANNELS, enabled=("expression_synchrony",))


def test_shared_jokes_leave_the_index_where_it_is(jokes):
    """All pairs are coupled, the plain place is near 1, and the index is still not above."""
    index = next(one for one in jokes if one.name == "mimicry_index")
    assert index.extra["plain"] > 0.999
    assert index.state == "at_chance"
    assert index.value < 0.99


def test_jokes_are_no_evidence_for_the_room():
    """A quarter of an hour of three jokes a minute: the pairs gather evidence, the room's index does not."""
    _, evidence = watch(meet_often(Scene(minutes=16.0, jokes=3.0, seed=6)), SYNCHRONY)
    assert max(bans for _, bans in evidence["mimicry_index", ()]) < 1.3
    assert max(bans for key, those in evidence.items() if key[1] for _, bans in those) > 2.0


def test_a_leader_of_all_is_evidence_for_the_room():
    """Three people who follow the fourth look like one occasion, but for who moves first."""
    scene = Scene(minutes=16.0, pairs=((0, 1), (0, 2), (0, 3)), q=0.9, seed=7)
    _, evidence = watch(meet_often(scene), SYNCHRONY)
    assert evidence["mimicry_index", ()][-1][1] > 2.0


def test_orders_that_change_at_random_win_nothing():
    """The mean e-value of symmetric orders is 1, whatever came before; of a steady one it is above."""
    rng, fair, steady = np.random.default_rng(2), Orders(), Orders()
    won = [fair.bets({(1, 2): one, (1, 3): one / 2}) for one in rng.normal(size=4000)]
    assert np.exp(won).mean(axis=0) == pytest.approx(np.ones(4), abs=0.06)
    for one in 0.8 + 0.3 * rng.normal(size=30):
        last = steady.bets({(1, 2): one})
    assert log_mean_exp(last) > 0.3


@pytest.mark.parametrize(
    ("settings", "refused"), [({"flicker_hz": 0.7}, True), ({"shake_min": 2.0}, False), ({}, False)]
)
def test_light_that_flickers_is_refused(settings, refused):
    """The measures of small movements say nothing of faces that flicker together, and judge all others."""
    meeting = meet(Gathering(people=3, minutes=6.0, seed=5, **settings))
    measures = at_once(meeting, CHANNELS, enabled=FINE)
    assert {one.state == "insufficient" for one in measures if one.subject} == {refused}
    assert {one.reason for one in measures if one.subject} == {"common_light" if refused else None}
    assert (len(triad(bets_context(meeting, 360, CHANNELS), (1, 2), 60.0)) == 0) is refused


def test_a_common_flicker_is_no_smile_of_both():
    """Nobody is judged by smiles that the light draws into all faces."""
    meeting = meet(Gathering(people=3, minutes=4.0, seed=5, flicker_hz=0.7))
    found = on_grid(meeting, CHANNELS, enabled=("rapport_triad",))
    assert {one.state for one in found if one.subject} == {"insufficient"}


def test_what_one_channel_shares_is_nobodys_light():
    """Two faces may share their smile; only what most channels share at once is common."""
    rng = np.random.default_rng(1)
    x, y, light = (rng.normal(size=(8, 3000)) for _ in range(3))
    y[0] = x[0]
    assert abs(common(x, y)) < 0.03
    assert common(x + light, y + light) > 0.4
    assert common(x[:5], x[:5]) == 0.0
