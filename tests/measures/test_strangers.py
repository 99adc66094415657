"""Rate ratios are judged whatever came: chance alone decides who is tested, perfect following is found."""

from dataclasses import replace

import numpy as np
import pytest

from edge.measures.answers import Cells
from tests.validate.drive import at_once
from tests.validate.simulate import CHANNELS
from tests.validate.strangers import MOVEMENT_S, NAMES, counted, meeting


@pytest.mark.parametrize("scene", [(6, 2, 10), (6, 4, 3)])
def test_strangers_are_not_selected(scene):
    """Of people with 2 to 4 onsets a minute of their own, few have a small p, on no level, and no bias."""
    found = counted(20, *scene)
    for (name, level), rows in found.items():
        p, values = np.array(rows).T
        assert (p <= 0.05).mean() <= {2: 0.08, 1: 0.12, 0: 0.2}[level], (name, level)
        if level == 2:
            assert abs(values.mean()) < 0.15, name
    assert len(found["response_pull", 2]) > 300


def test_perfect_following_is_judged():
    """Whoever smiles .7 s after every smile of the other, and only then, is found as the follower."""
    lead = [one for one in meeting(3, 2, 4, 10).events if one[0] == 0]
    follow = [(1, name, *(t + 0.7 for t in times)) for _, name, *times in lead]
    one = replace(meeting(3, 2, 0, 10), events=sorted(lead + follow, key=lambda e: e[4]))
    found = {(m.name, m.subject): m for m in at_once(one, CHANNELS, enabled=NAMES)}
    assert found["response_pull", (1, 2)].state == "above"
    assert found["following_asymmetry", (1, 2)].value < 0.0
    assert MOVEMENT_S > 0.7


def test_the_gate_knows_no_outcome():
    """Whether a ratio is judged depends on how many events there are and how long, not on where they fell."""
    for k1 in range(21):
        assert Cells(k1, 20 - k1, 100.0, 500.0, np.arange(20)).enough
        assert not Cells(k1, 20 - k1, 50.0, 550.0, np.arange(20)).enough
    assert not Cells(20, 0, 600.0, 0.0, np.arange(20)).enough
    assert not Cells(0, 0, 0.0, 0.0, np.arange(20)).enough


def test_a_ratio_is_that_of_a_hand():
    """Log ratio and variance have half an event more in every cell, in the value as in the draws."""
    cells = Cells(7, 3, 100.0, 400.0, np.array([7, 0, 10]))
    assert cells.log_irr == pytest.approx(np.log((7.5 / 100) / (3.5 / 400)))
    assert cells.variance == pytest.approx(1 / 7.5 + 1 / 3.5)
    assert cells.drawn[0] == pytest.approx(cells.log_irr)
    assert cells.drawn_variance[1] == pytest.approx(1 / 0.5 + 1 / 10.5)
    assert cells.expected == pytest.approx(2.0)
