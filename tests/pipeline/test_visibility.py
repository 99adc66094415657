"""Time by reason: what is counted, for whom, and when it is forgotten."""

from collections import Counter

import numpy as np
import pytest

from edge.missing import together
from edge.pipeline.sight import dark
from edge.pipeline.visibility import REASONS, Visibility
from edge.records import Expression, Frame

NS = 1_000_000_000


def person(number, t_s, missing=None):
    """One person in one frame."""
    return Expression(
        t_ns=round(t_s * NS),
        index=0,
        person=number,
        raw=np.zeros(1),
        x=np.zeros(1),
        pose_rad=(0.0, 0.0, 0.0),
        canthus_px=100.0,
        presence=1.0,
        box_px=(0.0, 0.0, 1.0, 1.0),
        missing=missing,
    )


def run(frames, horizon_s=600.0):
    """Feed (time, people, dark) frames; return the shares by person."""
    visibility = Visibility(horizon_s)
    for t_s, people, is_dark in frames:
        visibility.update([person(n, t_s, why) for n, why in people], round(t_s * NS), dark=is_dark)
    return visibility


def test_every_reason_is_counted_by_time():
    """Shares are those of a plain count over frames of any length, for each person apart and together."""
    rng = np.random.default_rng(3)
    t_s, known, frames = 0.0, {1: Counter(), 2: Counter()}, []
    for _ in range(3000):
        step_s = float(rng.uniform(0.01, 0.08))
        t_s += step_s if frames else 0.0
        is_dark = bool(rng.random() < 0.2)
        people = [(n, rng.choice([None, *REASONS])) for n in known if rng.random() < 0.8 or not frames]
        for n, times in known.items():
            why = dict(people).get(n, "not_seen")
            times["dark" if is_dark and why == "not_seen" else why] += step_s if frames else 0.0
        frames.append((t_s, people, is_dark))
    found = run(frames).seen()
    assert [one.person for one in found] == [1, 2]
    for one in found:
        total = sum(known[one.person].values())
        assert one.seconds == pytest.approx(total)
        assert one.missing == pytest.approx({r: known[one.person][r] / total for r in REASONS})
    lost = sum((known[1], known[2]), Counter())
    assert together(found) == pytest.approx({r: lost[r] / sum(lost.values()) for r in REASONS})


def test_time_adds_up_over_the_horizon_only():
    """What lies further back than the horizon is forgotten, in pieces of ten seconds."""
    frames = [(k / 4, [(1, "turned" if k < 400 else None)], False) for k in range(800)]
    (one,) = run(frames, horizon_s=60.0).seen()
    assert one.missing == {}
    assert 50.0 < one.seconds <= 60.0
    (one,) = run(frames, horizon_s=150.0).seen()
    assert one.missing["turned"] == pytest.approx(1 / 3, abs=0.05)


def test_who_is_away_for_a_minute_is_forgotten():
    """Somebody who left is not seen for a minute and then nobody's time any more."""
    frames = [(float(t), [(1, None)] + [(2, None)] * (t < 20), False) for t in range(75)]
    here, away = run(frames).seen()
    assert away.missing == {"not_seen": pytest.approx(55 / 74)}
    assert here.missing == {}
    assert [one.person for one in run([*frames, (80.0, [(1, None)], False)]).seen()] == [1]


def test_gaps_of_the_camera_and_a_recording_that_begins_again():
    """A gap between frames counts as one second at most; time that runs backwards starts over."""
    (one,) = run([(0.0, [(1, "down")], False), (50.0, [(1, "down")], False)]).seen()
    assert one.seconds == 1.0
    (one,) = run([(9.0, [(1, "down")], False), (9.5, [(1, None)], False), (1.0, [(2, None)], False)]).seen()
    assert (one.person, one.seconds, one.missing) == (2, 0.0, {})
    assert together([one]) == together([]) == {}


def test_a_wipe_leaves_nothing():
    """After a wipe nobody is known, and the first frame adds no time."""
    visibility = run([(0.0, [(1, "down")], False), (0.5, [(1, "down")], False)])
    visibility.wipe()
    assert visibility.seen() == ()
    visibility.update([person(1, 9.0)], 9 * NS)
    assert visibility.seen()[0].seconds == 0.0


@pytest.mark.parametrize(("level", "is_dark"), [(4, True), (40, False)])
def test_darkness_is_that_of_the_picture(level, is_dark):
    """A picture of a few grey levels is too dark, one of a dim room is not."""
    image = np.full((720, 1280, 3), level, np.uint8)
    assert dark(Frame(t_ns=0, index=0, image=image)) == is_dark
