"""All measures on simulated sessions: verdicts, chunking, gain, coming and going."""

from dataclasses import replace

import numpy as np
import pytest

from edge.config.sections import MeasuresSection
from edge.errors import MeasureError
from edge.measures import TABLE, Measures
from edge.mimicry import Mimicry
from tests.validate.drive import GRID, frames, run, session
from tests.validate.simulate import CHANNELS, Script, simulate

PLANTED = Script(people=3, minutes=5.0, q=0.9, seed=4)


@pytest.fixture(scope="module")
def planted():
    """Make a session of three in which 2 answers 1, and its measures."""
    one = simulate(PLANTED)
    return one, session(one, CHANNELS)


def by(measures, name, subject):
    """Find the one measure asked for."""
    return next(m for m in measures if m.name == name and m.subject == subject)


def test_planted_pair_is_found(planted):
    """Synchrony of the planted pair is above chance at the right lag, both other pairs are at chance."""
    _, measures = planted
    states = {p: by(measures, "expression_synchrony", p).state for p in ((1, 2), (1, 3), (2, 3))}
    assert states == {(1, 2): "above", (1, 3): "at_chance", (2, 3): "at_chance"}
    assert 0.5 < by(measures, "expression_synchrony", (1, 2)).lag_s < 0.9
    assert by(measures, "response_timeliness", (1, 2)).state == "above"


def test_every_measure_is_present(planted):
    """All fourteen and the room's index are there, each with everything needed to doubt it."""
    _, measures = planted
    assert {one.name for one in TABLE} == {one.name for one in measures}
    for one in measures:
        assert (one.value is None) == (one.confidence == 0.0) or one.name == "expressivity_calibration"
        assert one.value is None or np.isfinite(one.value)
        assert one.state == "insufficient" or one.value is not None
        assert one.p is None or one.null is not None


def test_gain_and_offset_change_nothing(planted):
    """Raw -> a raw + c for every person and channel on its own changes no measure by more than 1e-6."""
    one, before = planted
    rng = np.random.default_rng(5)
    gain, offset = rng.uniform(0.2, 5, (3, len(CHANNELS), 1)), rng.uniform(-9, 9, (3, len(CHANNELS), 1))
    after = session(replace(one, x=gain * one.x + offset), CHANNELS)
    for old, new in zip(before, after, strict=True):
        assert (old.name, old.subject) == (new.name, new.subject)
        if old.value is not None:
            assert old.value == pytest.approx(new.value, abs=1e-6), old.name


def test_under_three_minutes_everything_is_insufficient():
    """A session of 2:59 has no value but the gains."""
    one = simulate(replace(PLANTED, minutes=179 / 60))
    for measure in session(one, CHANNELS):
        if measure.name != "expressivity_calibration":
            assert (measure.state, measure.value) == ("insufficient", None), measure.name


def test_somebody_who_turns_away_is_not_judged():
    """No measure of a person unseen for the last 40 s has a value; the others keep theirs."""
    one = simulate(replace(PLANTED, people=4))
    x = one.x.copy()
    x[3, :, -400:] = np.nan
    measures = session(replace(one, x=x), CHANNELS)
    away = [m for m in measures if 4 in m.subject and m.name != "expressivity_calibration"]
    assert {None} == {m.value for m in away}
    assert by(measures, "expression_synchrony", (1, 2)).value is not None


def test_a_rhythm_without_a_null_is_silent_and_not_judged():
    """Jaws seen for one minute leave far shifts without any: no warning, no verdict, other values stay."""
    one = simulate(replace(PLANTED, people=2, minutes=4.0))
    x, jaw = one.x.copy(), [name in {"AU25", "AU26"} for name in CHANNELS]
    x[:, jaw, :1500] = np.nan
    x[:, jaw, 2200:] = np.nan
    pose = np.full_like(one.pose, np.nan)
    for rate_hz in (10.0, 15.0):
        grid = replace(GRID, rate_hz=rate_hz)
        found = session(replace(one, x=x, pose=pose), CHANNELS, grid=grid)
        rhythm = by(found, "behavioural_phase_locking", (1, 2))
        assert (rhythm.state, rhythm.value, rhythm.p) == ("insufficient", None, None)
        assert by(found, "expression_synchrony", (1, 2)).value is not None


def test_live_rhythm_ends_where_batch_does():
    """Computed hop by hop or only at the end, the numbers of the end are the same."""
    one = simulate(replace(PLANTED, people=2, minutes=4.0))
    live = run(one.t_s, one.x, CHANNELS, events=one.events, live=True, enabled=("expression_synchrony",))
    batch = run(one.t_s, one.x, CHANNELS, events=one.events, enabled=("expression_synchrony",))
    newest, finished = live.result(), live.finish()
    assert batch.finish() == finished
    for old, new in zip(newest, finished, strict=True):  # the rhythm of a pair is three seconds
        assert (old.name, old.subject) == (new.name, new.subject)
        assert new.t_ns - 3_000_000_000 <= old.t_ns <= new.t_ns
        assert old.value == pytest.approx(new.value, abs=0.02)


def test_mute_forgets_everything():
    """After a wipe there is nothing, and the same session gives the same numbers as in a new panel."""
    one = simulate(replace(PLANTED, people=2, minutes=3.5))
    mimicry, measures = Mimicry(GRID, CHANNELS), Measures(MeasuresSection(), GRID)
    results = []
    for _ in range(2):
        for t_ns, people, closed in frames(one.t_s, one.x, one.pose, one.events):
            tick = mimicry.update(people, closed, t_ns)
            if tick is not None:
                measures.push(tick)
        results.append(measures.finish())
        mimicry.wipe()
        measures.wipe()
        assert measures.finish() == measures.result() == []
    assert results[0] == results[1]


def test_unknown_measure_is_refused():
    """A name that is not in the table is an error that says what is."""
    with pytest.raises(MeasureError, match=r"expected one of brief_event_mirroring.*got 'charm'"):
        Measures(MeasuresSection(enabled=("charm",)), GRID)
