"""The room's index on simulated meetings: it can be above, it reaches the building, it grows with time."""

from dataclasses import replace

import numpy as np
import pytest

from edge.config.sections import MeasuresSection, PrivacySection
from edge.measures import Measures
from edge.measures.index import known_sum
from edge.mimicry import Mimicry
from edge.privacy import Door
from edge.records import Report
from tests.validate.drive import GRID, frames, session
from tests.validate.simulate import CHANNELS, Script, simulate

FOLLOWED = Script(people=4, minutes=6.0, q=0.9, pairs=((0, 1), (0, 2), (0, 3)), seed=21)


@pytest.fixture(scope="module")
def followed():
    """Make a meeting in which three people answer the fourth, and all its measures."""
    return session(simulate(FOLLOWED), CHANNELS)


def index(measures):
    """Find the room's index."""
    return next(one for one in measures if one.name == "mimicry_index")


def test_pairs_without_a_value_do_not_count():
    """The sum goes over the root of the pairs that have a value, and is missing where none has."""
    nan = np.nan
    np.testing.assert_allclose(known_sum(np.array([[2.0, 3.0, nan], [4.0, nan, nan]])), [6 / 2**0.5, 3, nan])


def test_a_room_that_mimics_is_above(followed):
    """The state is `above`, the value a place near 1, and the null a place around .5."""
    one = index(followed)
    assert one.state == "above"
    assert 0.995 < one.value <= 1.0
    assert one.null.mu == pytest.approx(0.5, abs=0.03)
    assert one.extra["p_tail"] == pytest.approx(1 - one.value, abs=5e-3)
    assert one.extra["z"] > 3
    assert one.extra["plain"] > 0.9999


def test_a_room_of_strangers_is_not(followed):
    """The same people without an answer have an index that is not above."""
    one = index(session(simulate(replace(FOLLOWED, q=0.0)), CHANNELS))
    assert one.state != "above"
    assert 0.0 < one.value < 0.999


def test_confidence_grows_with_time(followed):
    """Three minutes of four people are less than full confidence, six minutes are full."""
    short = index(session(simulate(replace(FOLLOWED, minutes=3.1)), CHANNELS))
    assert 0.5 < short.confidence < 1.0
    assert index(followed).confidence == pytest.approx(index(followed).coverage)


def test_the_building_hears_of_an_episode():
    """Hop by hop through the default profile's door, the meeting starts one episode of the room."""
    one, mimicry = simulate(FOLLOWED), Mimicry(GRID, CHANNELS)
    measures = Measures(MeasuresSection(enabled=("expression_synchrony",)), GRID)
    door = Door(PrivacySection(), muted=lambda: False, consent=lambda: False, channels=CHANNELS)
    events = []
    for t_ns, people, closed in frames(one.t_s, one.x, one.pose, one.events):
        tick = mimicry.update(people, closed, t_ns)
        if tick is not None:
            measures.update(tick)
            events += [m.body for m in door.filter(_report(tick, measures)) if m.kind == "event"]
    assert [event["type"] for event in events].count("start") == 1
    assert all("tracks" not in event for event in events)


def _report(tick, measures):
    return Report(
        t_ns=tick.t_ns,
        people=tick.people,
        present=tick.present,
        measures=tuple(measures.result()),
    )
