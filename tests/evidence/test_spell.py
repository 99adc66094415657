"""Spells: entered once on strong evidence, left on evidence against; start and end are times of behaviour."""

import math

import pytest

from edge.evidence.fading import Tally
from edge.evidence.spell import DROP, QUIET_NS, Spell

S = 1_000_000_000
ENTER = math.log(1000.0)


def _fed(course, spell=None, at=0, since=0):
    """Feed ln D of cells of 10 s; return the spell and what was under way after each."""
    spell = spell or Spell()
    spans = []
    for k, log_now in enumerate(course):
        spell.update(log_now, since, (at + k + 1) * 10 * S, ENTER)
        spans.append(spell.span_ns)
    return spell, spans


def test_it_begins_where_the_detector_began():
    """The start is the time of the detector's last restart, not that of the notice."""
    _, spans = _fed([0.0, 2.0, 5.0, 8.0], since=10 * S)
    assert spans == [None, None, None, (10 * S, 40 * S)]


def test_it_ends_where_the_detector_was_highest():
    """It is left once the detector has lost the odds; the end noted by then is the newest support."""
    _, spans = _fed([4.0, 8.0, 9.0, 8.0, 9.0 - DROP - 0.01])
    assert spans[2:4] == [(0, 30 * S), (0, 30 * S)]
    assert spans[4] is None


def test_it_does_not_flicker_at_the_border():
    """Once in, wandering below the level that begins a spell is no end and no second beginning."""
    _, spans = _fed([ENTER + 0.1, ENTER - 1.0, ENTER + 0.05, ENTER - 1.5, ENTER])
    assert {span[0] for span in spans} == {0}


def test_support_that_stays_away_ends_it():
    """Four looks that are due at the rate of the spell and do not come end it, with the detector unmoved."""
    rising = [2.0, 4.0, 6.0, 8.0]
    _, spans = _fed(rising + [8.0] * 6)
    assert spans[3:7] == [(0, 40 * S)] * 4
    assert spans[-1] is None


@pytest.mark.parametrize("left_at", [5.0, 40.0])
def test_a_second_one_needs_the_whole_evidence_again(left_at):
    """After an end only what the detector gains from there counts, however high it still stands."""
    spell, _ = _fed([left_at + 4.0, left_at])
    first = spell.span_ns
    spell, spans = _fed([left_at + 2.0, left_at - 1.0, left_at + 5.0, left_at - 1.0 + ENTER], spell, at=2)
    assert first is None
    assert spans == [None, None, None, (40 * S, 60 * S)]


def _answered(course, asked, spell):
    """Feed ln D with that many asked in each cell, answered where ln D rises; return what was under way."""
    spans, tally, before = [], Tally(), 0.0
    for k, log_now in enumerate(course):
        tally = tally.and_then(Tally(asked, asked if log_now > before else 0, 0.1))
        spell.update(log_now, 0, (k + 1) * 10 * S, ENTER, tally)
        spans.append(spell.span_ns)
        before = log_now
    return spans


def test_missing_answers_end_what_is_answered():
    """Two smiles in a row without an answer end what was always answered; the detector's fall does not."""
    rising = [2.0, 4.0, 6.0, 8.0, 10.0]
    assert _answered([*rising, 10.0 - 2 * DROP], 0, Spell())[-1] == (0, 50 * S)
    assert _answered([*rising, 10.0], 1, Spell())[-1] == (0, 50 * S)
    assert _answered([*rising, 10.0, 10.0], 1, Spell())[-1] is None


def test_an_episode_without_anything_to_answer_ends_too():
    """Where nobody smiles first, nothing is missing: it ends five minutes after the last support."""
    quiet = QUIET_NS // (10 * S)
    spans = _answered([4.0, 8.0] + [8.0] * quiet, 0, Spell())
    assert spans[-2] == (0, 20 * S)
    assert spans[-1] is None
