"""The judge of the conversation clips, on invented takes whose faults are known."""

from dataclasses import replace

import numpy as np
import pytest

from edge.records import CHANNELS, Movement
from tests.validate.drive import expression
from tests.validate.rooms import labels, score
from tests.validate.rooms.seen import Take

HEAD = "talking-head.mp4"
needs_clips = pytest.mark.skipif(not labels.CLIPS.exists(), reason="needs the recordings of ../shared/data")


def movement(channel, onset_s, apex_s, offset_s, person=1):
    """One movement."""
    onset_ns, apex_ns, offset_ns = (round(t * 1e9) for t in (onset_s, apex_s, offset_s))
    return Movement(
        person=person,
        channel=channel,
        onset_ns=onset_ns,
        apex_ns=apex_ns,
        offset_ns=offset_ns,
        amplitude=9.0,
    )


def take(*events, values=None, channel="AU01", numbers=None, seconds=10.0):
    """Invent a take of one person at 25 Hz with values in one channel and numbers by time."""
    t_s = np.arange(round(25 * seconds)) / 25
    raw = np.zeros((len(t_s), len(CHANNELS)))
    raw[:, CHANNELS.index(channel)] = np.interp(t_s, *values) if values else 0.0
    people = [1 if numbers is None else numbers(t) for t in t_s]
    seen = [[expression(round(t * 1e9), p, x)] for t, p, x in zip(t_s, people, raw, strict=True)]
    return Take(list(t_s), (512, 512), seen, list(events), [(1,)])


@needs_clips
def test_only_blinks_at_their_labels_are_hits():
    """Every labelled blink is found where it was; .3 s later only the one that lands on the next blink is."""
    closures = [(one.start_s, one.end_s) for one in labels.of(HEAD, "blink")]
    right = take(*(movement("AU45", a, (a + b) / 2, b) for a, b in closures))
    wrong = take(*(movement("AU45", a + 0.3, (a + b) / 2 + 0.3, b + 0.3) for a, b in closures))
    assert score.blinks(right, HEAD) == (10, 10, 10)
    assert score.blinks(wrong, HEAD) == (1, 10, 10)


@needs_clips
def test_an_opening_that_swallows_the_next_is_no_hit():
    """Two openings reported as one, or one with the end of another, do not count."""
    first, second = labels.of(labels.MOUTH, "mouth_open")[:2]
    own = [movement("AU25", one.start_s, one.start_s + 0.1, one.end_s) for one in (first, second)]
    assert score.whole(take(*own), labels.MOUTH, "mouth_open", "AU25")[0] == 2
    swallowed = movement("AU25", first.start_s, first.start_s + 0.1, second.end_s)
    assert score.whole(take(swallowed), labels.MOUTH, "mouth_open", "AU25")[0] == 0
    longer = replace(own[0], offset_ns=own[0].offset_ns + 400_000_000)
    assert score.whole(take(longer, own[1]), labels.MOUTH, "mouth_open", "AU25")[0] == 1


@needs_clips
def test_a_number_that_goes_on_after_a_cut_is_counted():
    """One number for the whole clip is carried at all nine cuts between people, a new one a cut at none."""
    cuts = [one.start_s for one in labels.of("cuts.mp4", "cut")]
    one = take(seconds=78.0)
    fresh = take(seconds=78.0, numbers=lambda t: int(np.searchsorted(cuts, t + 1e-6)))
    assert score.cuts(one, "cuts.mp4") == (9, 9)
    assert score.cuts(fresh, "cuts.mp4") == (0, 9)


def test_the_same_apex_twice_is_one_movement_too_many():
    """Two movements of one channel with one apex are a fault, of two channels or people they are not."""
    brief, longer = movement("AU45", 1.0, 1.1, 1.3), movement("AU45", 0.9, 1.1, 2.0)
    assert score.twins(take(brief, longer)) == 1
    assert score.twins(take(brief, replace(longer, channel="AU07"))) == 0
    assert score.twins(take(brief, replace(longer, person=2))) == 0


RISE = ((2.0, 2.3, 3.0, 3.3), (0.0, 1.0, 1.0, 0.0))


@pytest.mark.parametrize(("offset_s", "late"), [(3.35, 0), (4.3, 1)])
def test_an_end_long_after_the_fall_is_late(offset_s, late):
    """An end at the foot of the fall is right, one that waits a second at rest is late."""
    assert score.late(take(movement("AU01", 2.0, 2.4, offset_s), values=RISE)) == (late, 1)


@pytest.mark.parametrize(("valley", "late"), [(0.3, 0), (0.05, 1)])
def test_an_end_after_a_valley_is_late(valley, late):
    """A movement with two tops ends after the second, unless the channel had come down between them."""
    tops = ((2.0, 2.3, 2.6, 3.0, 3.3, 3.6, 3.9), (0.0, 1.0, valley, valley, 0.9, 0.9, 0.0))
    assert score.late(take(movement("AU01", 2.0, 2.32, 3.9), values=tops)) == (late, 1)


def test_what_is_held_at_the_end_has_no_end():
    """A movement that lasts as long as the person is seen is neither late nor counted."""
    assert score.late(take(movement("AU01", 2.0, 2.4, 3.28), values=RISE, seconds=3.32)) == (0, 0)
