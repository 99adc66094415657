"""Episodes and the roll-up of a minute, hop by hop, against stories told by hand."""

import pytest

from edge.privacy.episodes import Episodes
from edge.privacy.summary import Rollup

PAIR = (3, 7)


def told(states, key=PAIR, *, episodes=None, begin_s=1000.00049):
    """Return the events of one subject, one hop a second from `begin_s`.

    Something is under way from 100 s before to 7 s before a hop, but in a hop `over`; None: it is away.
    """
    episodes = episodes or Episodes()
    events = []
    for hop, state in enumerate(states):
        t_s = begin_s + hop
        subjects = {} if state is None else {key: {"state": state, "hop": hop}}
        spans = {} if state == "over" else {key: (begin_s - 100.0, t_s - 7.0)}
        events += episodes.update(t_s, subjects, spans)
    return events


def event(kind, t_s, hop, *, name="000001", start_s=900.0, end_s=None):
    """Return an event as published."""
    head = {"type": kind, "id": name, "t_s": t_s, "start_s": start_s, "end_s": end_s}
    return head | {"state": "above", "hop": hop}


def test_an_episode_starts_and_ends_with_the_behaviour():
    """It is reported at the first hop above and the first at which it is over, with times of behaviour."""
    assert told(["at_chance", "insufficient", "below"]) == []
    assert told(["above", "above", "over", "above"])[:2] == [
        event("start", 1000.0, 0),
        event("end", 1002.0, 1, end_s=994.0),
    ]


def test_times_have_three_digits():
    """Times of an episode are rounded to milliseconds."""
    (start,) = told(["above"], begin_s=1000.12345)
    assert (start["t_s"], start["start_s"]) == (1000.123, 900.123)


def test_a_measure_that_falls_silent_ends_nothing():
    """While something is under way, hops in another state keep the episode and its last state above."""
    story = told([*["above"] * 3, *["insufficient"] * 9, "over"])
    assert [(one["type"], one["hop"]) for one in story] == [("start", 0), ("update", 2), ("end", 2)]


def test_an_update_comes_every_ten_seconds():
    """An episode under way is published again ten seconds after the last time, with what is true then."""
    assert told(["above"] * 22) == [
        event("start", 1000.0, 0),
        event("update", 1010.0, 10),
        event("update", 1020.0, 20),
    ]


def test_a_subject_that_is_gone_ends():
    """Who is away ends the episode; the next one of the same pair has another number."""
    episodes = Episodes()
    first = told(["above", None, None], episodes=episodes)
    assert [(one["type"], one["end_s"]) for one in first] == [("start", None), ("end", 993.0)]
    (again,) = told(["above"], episodes=episodes, begin_s=2000.0)
    assert (again["id"], again["start_s"]) == ("000002", 1900.0)


def test_subjects_are_told_apart():
    """The room and a pair have episodes of their own, numbered in the order in which they start."""
    body = {"state": "above", "hop": 0}
    story = Episodes().update(9.0, {PAIR: body, (): body}, {PAIR: (1.0, 8.0), (): (2.0, 8.0)})
    assert [(one["id"], one["start_s"]) for one in story] == [("000001", 1.0), ("000002", 2.0)]


def test_what_was_wiped_is_not_told():
    """After a wipe nothing of an episode under way is told, and the next number goes on."""
    episodes = Episodes()
    told(["above"], episodes=episodes)
    episodes.wipe()
    assert told(["over"] * 4, episodes=episodes, begin_s=2000.0) == []
    (again,) = told(["above"], episodes=episodes, begin_s=3000.0)
    assert again["id"] == "000002"


def hop(count, index, state="at_chance", **more):
    """Return what one hop may say."""
    judged = {
        "null": None,
        "p": 0.5,
        "evidence": -0.25,
        "n": count,
        "coverage": 0.9,
        "confidence": 0.8,
        "state": state,
    }
    return {"count": count, "index": index} | judged | more


def test_a_summary_by_hand():
    """People, mean index, measurable share and states are of the whole minute, the rest of its last hop."""
    rollup = Rollup(3.0)
    assert rollup.update(10.12345, hop(2, None, "insufficient", pairs=["old"])) is None
    assert rollup.update(11.0, hop(5, 0.123456, active_pairs=9)) is None
    assert rollup.update(13.12344, hop(4, 0.5)) is None
    last = hop(4, 0.2, "above", active_pairs=1, measures=["m"], pairs=["p"], people=["never"])
    assert rollup.update(13.12345, last) == {
        "t_s": 13.123,
        "window_s": 3.0,
        "people": 4,
        "people_max": 5,
        "index": 0.2745,
        "measurable": 0.75,
        "states": {"insufficient": 1, "at_chance": 2, "above": 1},
        "null": None,
        "p": 0.5,
        "evidence": -0.25,
        "n": 4,
        "coverage": 0.9,
        "confidence": 0.8,
        "state": "above",
        "active_pairs": 1,
        "measures": ["m"],
        "pairs": ["p"],
    }


def test_minutes_follow_without_a_gap():
    """The next minute begins where the last one ended and knows nothing of it."""
    rollup = Rollup(3.0)
    for second in (0.0, 1.0, 2.0):
        assert rollup.update(second, hop(2, 0.5)) is None
    assert rollup.update(3.0, hop(2, 0.5))["window_s"] == 3.0
    assert rollup.update(5.9, hop(3, None)) is None
    second = rollup.update(6.0, hop(3, None))
    assert (second["people"], second["index"], second["measurable"]) == (3, None, 0.0)
    assert second["window_s"] == 3.0


def test_a_minute_cut_short():
    """The end of a recording closes the minute once; without a hop there is nothing to say."""
    rollup = Rollup(60.0)
    assert rollup.finish(1.0) is None
    rollup.update(10.0, hop(2, 0.5))
    rollup.update(12.0, hop(2, 0.5))
    assert rollup.finish(12.5)["window_s"] == 2.5
    assert rollup.finish(13.0) is None


@pytest.mark.parametrize("wiped", [False, True])
def test_a_wiped_minute_begins_again(wiped):
    """After a wipe the minute begins at the next hop and counts only what comes then."""
    rollup = Rollup(3.0)
    rollup.update(0.0, hop(6, 0.5))
    if wiped:
        rollup.wipe()
    found = rollup.update(3.0, hop(2, 0.5))
    assert (found is None) == wiped
    later = rollup.update(6.0, hop(2, 0.5))
    assert (later["people_max"], later["window_s"]) == (2, 3.0)
