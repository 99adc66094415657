"""Whole messages at the door: what each kind holds, level by level, at each profile."""

from dataclasses import replace

import pytest

from edge.records import CHANNELS
from tests.privacy.scene import Mute, door, measured, report, said


def test_live_of_research():
    """Everything but the room's measures, which the summary has: room, pairs, people and movements."""
    (live,) = said(door("research").filter(report(), fps=29.98766, stage_ms={"mesh": 1.5}))["live"]
    body = live.body
    assert (live.t_ns, live.local) == (12_345_670_000, False)
    assert (body["profile"], body["t_s"], body["count"]) == ("research", 12.346, 3)
    assert (body["fps"], body["stage_ms"]) == (29.9877, {"mesh": 1.5})
    assert (body["index"], body["state"], body["active_pairs"]) == (0.5, "above", 1)
    assert [pair["pair"] for pair in body["pairs"]] == [[3, 7], [3, 5], [5, 7]]
    assert [person["id"] for person in body["people"]] == [3, 5, 7]
    assert body["people"][0]["signals"] == dict.fromkeys(CHANNELS, 0.5)
    assert [movement["person"] for movement in body["movements"]] == [3]
    assert "measures" not in body


def test_machine_of_a_device_that_does_not_tell():
    """Without figures of the device its rate is null and its stages are empty."""
    (live,) = door("research").live(report())
    assert (live.body["fps"], live.body["stage_ms"]) == (None, {})


def test_records_of_research():
    """Each measure and movement is a message of its own, under its subject's own numbers."""
    found = said(door("research").filter(report()))
    assert [message.body["subject"] for message in found["measure"]] == [
        [3, 7],
        [3, 5],
        [5, 7],
        [],
        [7, 3],
        [5],
        [],
    ]
    assert {message.body["t_s"] for message in found["measure"]} == {12.346}
    assert [(message.t_ns, message.body["person"]) for message in found["movement"]] == [(12_345_669_900, 3)]


@pytest.mark.parametrize(
    ("profile", "consent", "pairs", "subjects"),
    [
        ("workplace", False, None, [0, 0]),
        ("workplace", True, 3, [2, 2, 2, 0, 2, 0]),
        ("personal", False, 3, [2, 2, 2, 0, 2, 1, 0]),
    ],
)
def test_levels_of_profiles(profile, consent, pairs, subjects):
    """Persons are never at the workplace, pairs only with consent; personal has all and stays here."""
    found = said(door(profile, consent=consent).filter(report()))
    (live,) = found["live"]
    assert [len(one.body["subject"]) for one in found["measure"]] == subjects
    assert len(live.body["pairs"]) == pairs if pairs else "pairs" not in live.body
    assert ("people" in live.body) == ("movement" in found) == (profile == "personal")
    assert live.local == (profile == "personal")
    assert live.body["active_pairs"] == 1


@pytest.mark.parametrize(
    ("profile", "k_people", "people", "open_"),
    [
        *(("workplace", 3, (3, 7), False), ("workplace", 3, (3, 5, 7), True)),
        *(("workplace", 4, (3, 5, 7), False), ("research", 3, (3,), True), ("research", 3, (), False)),
    ],
)
def test_below_k_there_is_only_a_count(profile, k_people, people, open_):
    """With fewer people than k the count is said and no value; outside the workplace one person is enough."""
    found = said(
        door(profile, consent=True, k_people=k_people).filter(
            report(people=people, measures=(measured("mimicry_index", ()),))
        )
    )
    (live,) = found["live"]
    assert live.body["count"] == len(people)
    assert (live.body["index"] is not None) == open_
    assert (live.body.get("reason") == "few_people") != open_
    assert len(found.get("measure", ())) == int(open_)


@pytest.mark.parametrize("consent", [False, True])
def test_who_left_does_not_open_the_workplace(consent):
    """Three people known of whom two are present are two: neither room nor pair, and a count of two."""
    found = said(door("workplace", consent=consent).filter(report(present=(3, 7))))
    (live,) = found["live"]
    assert (live.body["count"], live.body["index"]) == (2, None)
    assert "pairs" not in live.body
    assert "measure" not in found


def test_who_left_is_still_known_to_research():
    """Outside the workplace who left a moment ago is still measured, and does not count."""
    (live,) = said(door("research").filter(report(present=())))["live"]
    assert (live.body["count"], live.body["index"], len(live.body["pairs"])) == (0, 0.5, 3)


def test_aliases_are_of_three_digits_and_stay():
    """At the workplace a person has one number from 100 to 999 for as long as the meeting lasts."""
    made = door("workplace", consent=True)
    first, second = (said(made.filter(report(t_s)))["live"][0].body["pairs"] for t_s in (1.0, 2.0))
    assert [one["pair"] for one in first] == [one["pair"] for one in second]
    drawn = set()
    for _ in range(400):
        made.wipe()
        drawn |= {
            one for pair in said(made.filter(report()))["live"][0].body["pairs"] for one in pair["pair"]
        }
    assert min(drawn) >= 100
    assert max(drawn) <= 999
    assert len(drawn) > 500


def test_a_crowd_has_a_number_each():
    """Nine hundred people have nine hundred numbers: 100 to 999, each once."""
    people = tuple(range(900))
    pairs = tuple(measured("expression_synchrony", (i, i + 1)) for i in range(0, 900, 2))
    (live,) = door("workplace", consent=True).live(report(people=people, expressions=(), measures=pairs))
    assert sorted(one for pair in live.body["pairs"] for one in pair["pair"]) == list(range(100, 1000))


@pytest.mark.parametrize(
    ("lag_s", "leads", "leader", "lag_ms"),
    [(0.71239, 1.0, 3, 712), (-0.5, -1.0, 7, 500), (1.9, 0.0, None, 1900), (None, None, None, None)],
)
def test_an_episode_names_who_moves_first(lag_s, leads, leader, lag_ms):
    """The leader is who the interval of the lag names; without one, or where it leaves it open, nobody."""
    made = door("research")
    pair = replace(measured("expression_synchrony", (3, 7), lag_s=lag_s), extra={"leads": leads})
    events = [
        event
        for t_s in (1.0, 2.0, 3.0)
        for event in said(made.filter(report(t_s, measures=(pair,)))).get("event", [])
    ]
    (body,) = [event.body for event in events]
    assert (body["profile"], body["type"], body["tracks"]) == ("research", "start", [3, 7])
    assert (body["leader"], body["lag_ms"]) == (leader, lag_ms)
    assert (body["r"], body["z"], body["state"], body["p"]) == (0.4621, 2.0, "above", None)
    assert (body["null"], body["coverage"]) == ({"mu": 0.3, "sd": 0.1}, 0.0)


def test_the_rooms_episode_where_pairs_are_closed():
    """Without consent an episode is the room's: its index, its null, no tracks."""
    made = door("workplace")
    events = [one for t_s in (1.0, 2.0, 3.0) for one in said(made.filter(report(t_s))).get("event", [])]
    (event,) = events
    assert event.body == {
        "profile": "workplace",
        "type": "start",
        "id": "000001",
        "t_s": 1.0,
        "start_s": 0.5,
        "end_s": None,
        "index": 0.5,
        "null": {"mu": 0.3, "sd": 0.1},
        "p": None,
        "evidence": 3.5,
        "coverage": 0.0,
        "state": "above",
    }


def test_a_verdict_has_no_reason():
    """What is judged says its state alone, byte for byte as before there were reasons."""
    (live,) = said(door("research").filter(report()))["live"]
    assert "reason" not in live.body
    assert all("reason" not in one for one in live.body["pairs"])


@pytest.mark.parametrize(
    ("profile", "muted", "said_n"), [("research", False, 4), ("research", True, 0), ("workplace", False, 0)]
)
def test_single_frames(profile, muted, said_n):
    """The signals of a frame are person level: never at the workplace, never while muted, else every one."""
    mute = Mute()
    mute.on = muted
    frames = list(door(profile, mute=mute).frames(report().expressions))
    assert len(frames) == said_n
    if frames:
        assert frames[0]["person"] == 3
        assert frames[0]["signals"] == dict.fromkeys(CHANNELS, 0.5)
