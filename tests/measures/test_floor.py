"""What heads and jaws owe to who speaks is not held for theirs; what they owe to each other is."""

import numpy as np
import pytest

from edge.measures.bets.signals import locking, triad
from tests.validate.drive import at_once, on_grid
from tests.validate.gatherings import CHANNELS, Gathering, meet
from tests.validate.looks import bets_context

LOCKING, TRIAD = "behavioural_phase_locking", "rapport_triad"
SWAY = ((0, 1, 0.5, 0.6),)


def found(name, *, measure=at_once, **settings):
    """Return one measure of the first two people of a meeting of five minutes."""
    meeting = meet(Gathering(minutes=5.0, **settings))
    measures = measure(meeting, CHANNELS, enabled=("expression_synchrony", name))
    return next(one for one in measures if (one.name, one.subject) == (name, (1, 2)))


def test_heads_that_turn_to_the_speaker_do_not_lock():
    """Yaw is left out where heads turn to whoever speaks, and nothing is above; on a mere floor it stays."""
    turned, still = (found(LOCKING, turns=True, gaze=gaze, seed=3) for gaze in (True, False))
    assert {"yaw", "pitch"} & set(turned.extra) == {"pitch"}
    assert {"yaw", "pitch"} <= set(still.extra)
    assert turned.state != "above"


def test_jaws_that_move_by_turns_do_not_lock():
    """Of two who share one floor jaws are left out, of two who talk on their own they stay."""
    shared, own = (found(LOCKING, people=2, turns=turns, seed=4) for turns in (True, False))
    assert "jaw" not in shared.extra
    assert "jaw" in own.extra


@pytest.mark.parametrize("floor", [{}, {"turns": True}, {"gaze": True}], ids=["own talk", "turns", "gaze"])
def test_heads_that_sway_together_lock_whoever_speaks(floor):
    """A head that sways with another's is found on any floor."""
    assert found(LOCKING, heads=SWAY, seed=5, **floor).p <= 0.05


def test_facing_is_not_judged_where_heads_turn_to_the_speaker():
    """The triad is insufficient where two heads turn to whoever speaks, else it is judged."""
    turned, still = (
        found(TRIAD, measure=on_grid, people=2, turns=True, gaze=g, seed=6) for g in (True, False)
    )
    assert (turned.state, turned.reason) == ("insufficient", "speaker")
    assert still.p is not None


def test_nothing_is_bet_on_heads_that_turn_to_the_speaker():
    """In a meeting without couplings whose heads follow the speaker, blocks of phases rank in the middle."""
    ranks = []
    for seed in range(6):
        context = bets_context(meet(Gathering(minutes=5.0, gaze=True, seed=seed)), 300, CHANNELS)
        assert not len(triad(context, (1, 2), 60.0))
        values = [locking(context, pair, 60.0) for pair in context.pairs]
        ranks += [np.mean(one[1:] < one[0]) for one in values]
    assert 0.3 < np.mean(ranks) < 0.65
