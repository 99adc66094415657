"""When somebody is ready to be measured, and what is read of a person: at both sides of each bound."""

from dataclasses import replace

import numpy as np
import pytest

from edge.config.sections import MimicrySection
from edge.measures import TABLE
from edge.measures.brief_event_mirroring import BriefEventMirroring
from edge.measures.configuration_alignment import ConfigurationAlignment
from edge.measures.context import Context
from edge.measures.expressivity_calibration import ExpressivityCalibration
from edge.measures.onsets import Onsets
from edge.measures.panel import MEASURES
from edge.measures.peaks import Peaks
from edge.measures.rapport_triad import facing
from edge.measures.response_timeliness import ResponseTimeliness
from edge.measures.roles import resolve
from edge.records import Tick
from tests.validate.drive import event
from tests.validate.simulate import CHANNELS

RATE_HZ = 10


def tick(n, people=(1, 2), events=()):
    """Return the hop of a grid of n samples."""
    rng = np.random.default_rng(1)
    signals = {person: rng.normal(size=(len(CHANNELS), n)) for person in people}
    return Tick(
        t_ns=n * 10**9 // RATE_HZ,
        rate_hz=float(RATE_HZ),
        channels=CHANNELS,
        people=people,
        present=people,
        x=signals,
        since_n=dict.fromkeys(people, n),
        pose_rad={person: np.zeros((3, n)) for person in people},
        gain=dict.fromkeys(people, 1.0),
        offsets_s=np.empty(0),
        couplings=(),
        events=tuple(events),
    )


def context(one):
    """Return what a measure sees at a hop."""
    onsets = Onsets(600.0)
    onsets.update(one)
    return Context(
        tick=one,
        roles=resolve(one.channels),
        onsets=onsets,
        fast_peaks=Peaks(1),
        slow_peaks=Peaks(1),
        mimicry=MimicrySection(),
        seed=1,
        final=True,
    )


@pytest.mark.parametrize(("n", "ready"), [(1799, False), (1800, True)])
def test_three_minutes_are_enough(n, ready):
    """Two people are ready from three minutes together on, to the sample."""
    assert context(tick(n)).ready(1, 2) is ready


@pytest.mark.parametrize(("away_s", "ready"), [(29.9, True), (30.0, False), (31.0, False)])
def test_who_is_not_seen_for_half_a_minute_is_not_ready(away_s, ready):
    """The last half minute must have shown everybody at least once."""
    one = tick(3000)
    one.x[2][:, -round(away_s * RATE_HZ) :] = np.nan
    assert context(one).ready(1, 2) is ready


@pytest.mark.parametrize(("valid_n", "ready"), [(1349, False), (1350, True)])
def test_three_quarters_of_three_minutes_must_be_seen(valid_n, ready):
    """Of a longer time together, three quarters of three minutes must be measurable in both."""
    one = tick(2400)
    one.x[1][:, : 2400 - valid_n] = np.nan
    assert context(one).ready(1, 2) is ready


def test_a_channel_that_moves_seldom_has_a_scale():
    """Where most samples are one value the plain deviation is the scale; a flat channel has none."""
    one = tick(2000, people=(1,))
    one.x[1][0] = np.where(np.arange(2000) % 7 == 0, 1.0, 0.0)
    one.x[1][1] = 3.0
    seldom, flat, *_ = context(one).z(1)
    assert np.ptp(seldom) == pytest.approx(1 / one.x[1][0].std(), rel=0.05)
    assert np.isnan(flat).all()


def test_the_onsets_of_one_person():
    """Channels are those on which this very person moved, and movements those of the length asked for."""
    onsets = Onsets(600.0)
    moved = [event(1, "AU12", 10, 10.2, 10.4), event(1, "AU01", 20, 21, 22), event(2, "AU25", 30, 30.2, 30.4)]
    onsets.update(tick(1000, events=moved))
    wanted = ("AU25", "AU12", "AU01")
    assert onsets.channels(1, wanted, brief=True) == ("AU12",)
    assert onsets.channels(1, wanted, brief=None) == ("AU01", "AU12")
    assert onsets.channels(2, wanted, brief=True) == ("AU25",)
    assert onsets.of(1, wanted, brief=None).tolist() == [10 * 10**9, 20 * 10**9]
    assert onsets.of(1, wanted, brief=False).tolist() == [20 * 10**9]


def still():
    """Return a hop of four minutes in which nobody moves."""
    one = tick(2400, people=(1, 2, 3))
    return replace(one, x={person: np.ones_like(x) for person, x in one.x.items()})


TOGETHER = [one for one in MEASURES if one is not ExpressivityCalibration]  # whose value needs no null


@pytest.mark.parametrize("kind", TOGETHER, ids=lambda one: one.name)
@pytest.mark.parametrize("hop", [tick(1799, people=(1, 2, 3)), still()], ids=["too short", "still"])
def test_what_cannot_be_measured_is_said_of_everybody(kind, hop):
    """Of people who are not there long enough, or do not move, each measure has a finding without a value."""
    seen = context(hop)
    measure = kind()
    measure.update(seen)
    found = measure.result()
    assert {one.subject for one in found} >= set(measure.subjects(seen)) != set()
    assert {(one.name, one.t_ns, one.lag_s) for one in found} == {(kind.name, hop.t_ns, None)}
    assert not any(np.isfinite(one.value) or np.isfinite(one.draws).any() for one in found)
    measure.wipe()
    assert measure.result() == []


def moved(*onsets_ns):
    """Return brief smiles of the first person at the first times, of the second at the second ones."""
    smile = event(1, "AU12", 0.0, 0.2, 0.4)
    return [
        replace(smile, person=person, onset_ns=at, apex_ns=at + 200_000_000, offset_ns=at + 400_000_000)
        for person, times in enumerate(onsets_ns, start=1)
        for at in times
    ]


@pytest.mark.parametrize("measure", [BriefEventMirroring(), ResponseTimeliness()], ids=lambda one: one.name)
@pytest.mark.parametrize(("counts", "enough"), [((5, 5), True), ((4, 5), False), ((5, 4), False)])
def test_five_movements_of_either_are_enough(measure, counts, enough):
    """A pair has a value from five movements of the leader and five of the follower on."""
    times = [[(20 * (k + 1) + later_s) * 10**9 for k in range(n)] for later_s, n in enumerate(counts)]
    found = measure.find(context(tick(2400, events=moved(*times))), (1, 2))
    assert np.isfinite(found.value) == enough


@pytest.mark.parametrize(
    ("delay_ns", "answers"),
    [(150_000_000, 0.0), (150_000_001, 1.0), (4_000_000_000, 1.0), (4_000_000_001, 0.0)],
)
def test_an_answer_comes_within_its_window(delay_ns, answers):
    """A smile is an answer later than .15 s and at most 4 s after the other's, to the nanosecond."""
    first = [(20 + 20 * k) * 10**9 for k in range(6)]
    events = moved(first, [at + delay_ns for at in first])
    found = ResponseTimeliness().find(context(tick(2400, events=events)), (1, 2))
    assert found.extra["answered"] == answers


@pytest.mark.parametrize(("unknown_n", "share"), [(0, 0.75), (1000, 1.0), (1005, np.nan)])
def test_who_faces_whom_needs_half_of_the_poses(unknown_n, share):
    """The share is that of the time with both poses known, which must be half of it."""
    one = tick(2000)
    one.pose_rad[2][0, :500] = 1.0  # turned away in the first quarter
    one.pose_rad[1][:, :unknown_n] = np.nan
    found = facing(context(one), 1, 2, 400, np.zeros(1, np.int64))
    np.testing.assert_allclose(found, share)


def test_faces_are_compared_without_a_mouth_too():
    """Signals without AU25 tell nobody's speech apart; the faces are compared as if all were silent."""
    one = tick(2400)
    moves = np.repeat(np.random.default_rng(2).random((3, 120)) < 0.1, 20, axis=1).astype(float)
    one = replace(one, channels=("AU12", "AU01", "AU04"), x={1: moves, 2: moves})
    assert np.isfinite(ConfigurationAlignment().find(context(one), (1, 2)).value)


@pytest.mark.parametrize("row", [0, 1], ids=["yaw", "pitch"])
@pytest.mark.parametrize(("apart_deg", "share"), [(20.0, 1.0), (20.1, 0.0)])
def test_heads_mirror_each_other_within_twenty_degrees(row, apart_deg, share):
    """Yaws that sum to 20 degrees still face each other, and so do pitches that differ by as much."""
    one = tick(2000)
    one.pose_rad[1][row] = np.radians(apart_deg)
    assert facing(context(one), 1, 2, 400, np.zeros(1, np.int64)).tolist() == [share]


def test_measures_are_numbered():
    """The measures of the table are numbered from 1 on, each once, in their order."""
    numbers = [one.number for one in TABLE if one.number]
    assert numbers == list(range(1, len(numbers) + 1))
