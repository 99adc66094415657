"""How the level of live verdicts is shared, and blocks that are missing for both or for one."""

import numpy as np
import pytest

from edge.measures.bets.blocks import middle
from edge.measures.bets.signals import alignment
from edge.measures.context import Context
from edge.measures.onsets import Onsets
from edge.measures.peaks import Peaks
from edge.measures.roles import resolve
from edge.measures.standing import PAIRS, weights
from edge.records import Tick
from tests.validate.drive import GRID
from tests.validate.gatherings import CHANNELS, RATE_HZ, Gathering, meet


def test_carrying_measures_have_their_share_whatever_else_runs():
    """A quarter of the level each for timeliness and synchrony, split over their pairs; 1 on average."""
    names = ["response_timeliness"] * 12 + ["expression_synchrony"] * 6 + ["coupling_loop"] * 6
    found = weights(names, PAIRS)
    assert found.mean() == pytest.approx(1.0)
    assert found[:12].sum() == pytest.approx(6.0)
    assert found[12:18].sum() == pytest.approx(6.0)
    assert weights(["response_timeliness"] * 12, PAIRS) == pytest.approx(np.ones(12))
    assert weights(["coupling_loop"] * 3, PAIRS) == pytest.approx(np.ones(3))
    assert not len(weights([], PAIRS))


def test_the_middle_of_what_is_known():
    """The median over the last axis without what is missing, NaN where nothing is known."""
    nan = np.nan
    x = np.array([[3.0, 1.0, 2.0, 8.0], [nan, 5.0, 1.0, 2.0], [nan, nan, nan, nan]])
    assert middle(x)[:, 0] == pytest.approx([2.5, 2.0, nan], nan_ok=True)


def context(session, second):
    """Return what the measures would share at this second of a session."""
    end = round(second * RATE_HZ)
    first = max(0, end - 6000)
    people = tuple(range(1, len(session.x) + 1))
    tick = Tick(
        t_ns=second * 10**9,
        rate_hz=RATE_HZ,
        channels=CHANNELS,
        people=people,
        present=people,
        x={p: session.x[p - 1, :, first:end] for p in people},
        since_n=dict.fromkeys(people, end - first),
        pose_rad={p: session.pose[p - 1, :, first:end] for p in people},
        gain=dict.fromkeys(people, 1.0),
        offsets_s=np.empty(0),
        couplings=(),
        events=(),
    )
    peaks = Peaks(1)
    return Context(
        tick,
        resolve(CHANNELS),
        onsets=Onsets(GRID.horizon_s),
        fast_peaks=peaks,
        slow_peaks=peaks,
        mimicry=GRID,
        seed=1,
        final=False,
    )


def places(value, session, block_s):
    """Place of the newest block among the far ones, 0..1, for blocks one after another."""
    found = [value(context(session, at), (1, 2), block_s) for at in range(420, 1800, round(block_s))]
    known = [one for one in found if np.isfinite(one[:1]).any()]
    return np.array([(one[1:] < one[0]).sum() / np.isfinite(one[1:]).sum() for one in known])


def test_a_block_with_gaps_is_no_block_without_movement():
    """Faces that are missing together leave alignment missing, not zero: near blocks do not stand out."""
    found = places(alignment, meet(Gathering(people=2, minutes=30.0, gaps_min=3.0, seed=8)), 30.0)
    assert len(found) >= 30
    assert found.mean() == pytest.approx(0.5, abs=0.17)
