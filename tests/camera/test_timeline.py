"""Repair of timestamps, against the cases real containers show."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from edge.camera._timeline import Timeline


def run(stamps, period=40):
    """Repaired times and the number of repairs."""
    timeline = Timeline(period_ns=period)
    return [timeline.update(stamp) for stamp in stamps], timeline.repaired


def test_good_stamps_pass():
    """Ascending stamps keep their distances exactly, from 0."""
    assert run([-80, -40, 10, 11]) == ([0, 40, 90, 91], 0)


def test_missing_stamps_continue_at_the_period():
    """Without any stamp the nominal period counts on; a stamp that comes later sets the origin."""
    assert run([None, None, None]) == ([0, 40, 80], 3)
    assert run([None, 1000, 1030]) == ([0, 40, 70], 1)
    assert run([0, None, 90]) == ([0, 40, 90], 1)


def test_one_stray_stamp_leaves_the_rest_alone():
    """A single stamp out of order is replaced, its neighbours stay true."""
    assert run([0, 40, 10, 120, 160]) == ([0, 40, 80, 120, 160], 1)


def test_a_splice_keeps_its_own_spacing():
    """Where the clock starts again the recording's own spacing continues, each stamp counted."""
    assert run([0, 40, 80, 0, 33, 66]) == ([0, 40, 80, 120, 153, 186], 3)


def test_a_mad_jump_is_no_pause():
    """A stamp days ahead is broken; what follows is not torn along."""
    day = 24 * 3600 * 10**9
    assert run([0, 40, 3 * day, 120]) == ([0, 40, 80, 120], 1)


@given(st.lists(st.one_of(st.none(), st.integers(-(2**62), 2**62)), min_size=1, max_size=40))
def test_always_strictly_ascending(stamps):
    """Whatever a container holds, time starts at 0 and ascends."""
    times, repaired = run(stamps)
    assert times[0] == 0
    assert all(b > a for a, b in pairwise(times))
    assert 0 <= repaired <= len(stamps)
