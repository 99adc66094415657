"""What must not change a measure: gain and offset, streaming instead of batch; what must make it null."""

from dataclasses import replace

import numpy as np
import pytest

from edge.config.sections import MeasuresSection
from edge.measures import TABLE, Measures
from edge.mimicry import Mimicry
from tests.validate import invariance
from tests.validate.drive import GRID, frames, run, session
from tests.validate.rich import rich
from tests.validate.simulate import CHANNELS

NAMES = {one.name for one in TABLE}
OWN = invariance.OWN


@pytest.fixture(scope="module")
def five_minutes():
    """Return a session of three in which all fourteen have values."""
    return rich(minutes=5.2, onsets_min=8.0, q=0.6)


@pytest.mark.slow
def test_gain_and_offset_change_nothing_from_raw_features_on():
    """Raw -> a raw + c through calibration, spotter and grid changes no measure by 1e-6 and no verdict."""
    far, changed = invariance.gains(rich(rate_hz=15.0, minutes=3.8))
    assert changed == 0
    known = {name: value for name, value in far.items() if np.isfinite(value)}
    longer = {"slope_concordance", "low_intensity_response", "following_asymmetry"}  # make validate has them
    assert NAMES - known.keys() <= {OWN} | longer
    assert max(known.values()) <= 1e-6


@pytest.mark.parametrize("enabled", [(), ("group_phase_coherence",)], ids=["pair", "group"])
def test_streaming_is_batch_for_every_measure(enabled, five_minutes):
    """What is computed live, a few subjects a second, is what a batch computes at the same moment.

    But for the tail: it pools the draws of all subjects, and live those are of different seconds.
    """
    people = 3 if enabled else 2
    events = [event for event in five_minutes.events if event[0] < people]
    one = replace(five_minutes, x=five_minutes.x[:people], events=events)
    compared = set()
    for live, batch in invariance.streamed(one, range(290, 306), enabled):
        extra = batch.extra | {key: live.extra[key] for key in ("p_tail",) if key in live.extra}
        assert replace(batch, state=live.state, span_ns=live.span_ns, extra=extra) == live, live.name
        compared |= {live.name} if live.value is not None else set()
    assert set(enabled or NAMES - {"mimicry_index", "group_phase_coherence"}) == compared


def test_the_end_of_a_recording_is_measured_anew(five_minutes):
    """What is computed live twice a minute is, when the recording ends, the batch of its last hop."""
    one = (five_minutes.t_s, five_minutes.x[:2], CHANNELS)
    live, batch = (run(*one, enabled=("coupling_loop",), live=live) for live in (True, False))
    assert batch.result() == []
    ended = batch.finish()
    assert live.result() != ended
    assert ended == live.finish()


def test_asking_in_between_changes_nothing(five_minutes):
    """Results asked for at any hop leave the final ones as they are, in every measure."""
    asked, quiet = (Measures(MeasuresSection(), GRID) for _ in range(2))
    grid, rng = Mimicry(GRID, CHANNELS), np.random.default_rng(8)
    for t_ns, people, closed in frames(
        five_minutes.t_s, five_minutes.x, five_minutes.pose, five_minutes.events
    ):
        tick = grid.update(people, closed, t_ns)
        if tick is not None:
            asked.push(tick)
            quiet.push(tick)
            if rng.random() < 0.02:
                asked.finish()
    found = quiet.finish()
    assert {one.name for one in found} == NAMES
    assert found == asked.finish()


@pytest.mark.parametrize("case", ["turned away", "comes late", "leaves", "muted face"])
def test_whoever_is_not_seen_has_no_value(case, five_minutes):
    """No measure of the absent has a value or a verdict, in any of the fourteen; the others keep theirs."""
    x = five_minutes.x.copy()
    if case == "turned away":
        x[2, :, np.arange(x.shape[2]) % 100 < 65] = np.nan
    elif case == "comes late":
        x[2, :, :-1200] = np.nan
    elif case == "leaves":
        x[2, :, -400:] = np.nan
    else:
        x[2] = np.nan
    measures = session(replace(five_minutes, x=x), CHANNELS)
    away = [one for one in measures if 3 in one.subject and one.name != OWN]
    assert {one.name for one in away} == NAMES - {OWN, "group_phase_coherence", "mimicry_index"}
    assert {(one.state, one.value, one.p) for one in away} == {("insufficient", None, None)}
    kept = {one.name for one in measures if one.subject in {(1, 2), (2, 1)} and one.value is not None}
    assert kept >= {"expression_synchrony", "response_timeliness", "brief_event_mirroring", "coupling_loop"}


@pytest.mark.parametrize("minutes", [0.5, 179 / 60])
def test_under_three_minutes_nothing_is_said(minutes):
    """Below three minutes all but the gains are insufficient and null, never 0."""
    for one in session(rich(minutes=minutes), CHANNELS):
        if one.name != OWN:
            assert (one.state, one.value, one.p) == ("insufficient", None, None), one.name
