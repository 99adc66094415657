"""Whole messages at the door: what each kind holds, level by level, at each profile."""

from dataclasses import replace

import numpy as np
import pytest

from edge.config.sections import PrivacySection
from edge.missing import Seen
from edge.privacy import Door, content
from edge.records import CHANNELS, Expression, Measure, Movement, Null, Report


def measured(name, subject, value=0.5, state="above", lag_s=0.5):
    """Return a measure of a subject that has been under way from .5 to .75 s."""
    return Measure(
        name=name,
        subject=subject,
        t_ns=1,
        value=value,
        unit="u",
        null=Null(mu=0.3, sd=0.1),
        n=9.0,
        state=state,
        evidence=3.5,
        span_ns=(500_000_000, 750_000_000),
        lag_s=lag_s,
    )


def report(t_s=12.34567, people=(3, 5, 7), **more):
    """Return one hop of three people, of whom 3 leads 7, and one measure of every level."""
    t_ns = round(t_s * 1e9)
    given = {
        "expressions": tuple(
            Expression(
                t_ns=t_ns,
                index=0,
                person=person,
                raw=np.zeros(len(CHANNELS)),
                x=np.full(len(CHANNELS), 0.5),
                pose_rad=(0.0, 0.0, 0.0),
                canthus_px=50.0,
                presence=1.0,
                box_px=(0.0, 0.0, 1.0, 1.0),
            )
            for person in (*people, 99)
        ),
        "events": (
            Movement(
                person=3,
                channel="AU12",
                onset_ns=t_ns - 300,
                apex_ns=t_ns - 200,
                offset_ns=t_ns - 100,
                amplitude=4.0,
            ),
        ),
        "measures": (
            measured("expression_synchrony", (3, 7)),
            measured("expression_synchrony", (3, 5), state="at_chance"),
            measured("expression_synchrony", (5, 7), state="below"),
            measured("expression_synchrony", ()),
            measured("response_pull", (7, 3)),
            measured("expressivity_calibration", (5,)),
            measured("mimicry_index", ()),
        ),
    }
    return Report(t_ns=t_ns, people=people, **({"present": people} | given | more))


class Mute:
    """A switch that the door asks at each message."""

    on = False


def door(profile, *, consent=False, summary_s=60.0, mute=Mute, **more):
    """Return a door of a profile, with or without a booking that has consent."""
    rules = PrivacySection(profile=profile, **more)
    return Door(rules, muted=lambda: mute.on, consent=lambda: consent, summary_s=summary_s)


def said(messages):
    """Return the messages by kind."""
    found = {}
    for message in messages:
        found.setdefault(message.kind, []).append(message)
    return found


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


@pytest.mark.parametrize(
    ("profile", "consent"), [("workplace", False), ("workplace", True), ("research", False)]
)
def test_why_there_is_no_verdict(profile, consent):
    """Room and summary say why nothing is judged; of a pair only where pairs are published."""
    waiting = [
        replace(measured(name, subject, None, "insufficient"), null=None, reason=reason)
        for name, subject, reason in (
            ("expression_synchrony", (3, 7), "absent"),
            ("mimicry_index", (), "unseen"),
        )
    ]
    made = door(profile, consent=consent, summary_s=1.0)
    bodies = [one.body for t_s in (1.0, 2.5) for one in made.filter(report(t_s, measures=tuple(waiting)))]
    live, summary = bodies[0], next(one for one in bodies if "people_max" in one)
    assert live["reason"] == summary["reason"] == "unseen"
    assert [one["reason"] for one in live.get("pairs", [])] == ["absent"] * (profile == "research" or consent)
    assert ("absent" in str(bodies)) == (profile == "research" or consent)


def test_a_verdict_has_no_reason():
    """What is judged says its state alone, byte for byte as before there were reasons."""
    (live,) = said(door("research").filter(report()))["live"]
    assert "reason" not in live.body
    assert all("reason" not in one for one in live.body["pairs"])


def test_summaries_come_and_may_be_cut_short():
    """A minute ends with its summary, the room's measures in it; the end of a recording closes one."""
    made = door("personal", summary_s=2.0)
    found = said(message for t_s in (1.0, 2.0, 3.0, 4.5) for message in made.filter(report(t_s)))
    (summary,) = found["summary"]
    assert (summary.t_ns, summary.local) == (3_000_000_000, True)
    assert (summary.body["profile"], summary.body["t_s"], summary.body["window_s"]) == ("personal", 3.0, 2.0)
    assert [one["name"] for one in summary.body["measures"]] == ["expression_synchrony", "mimicry_index"]
    (last,) = made.finish(5_000_000_000)
    assert (last.kind, last.t_ns, last.local) == ("summary", 5_000_000_000, True)
    assert (last.body["profile"], last.body["t_s"], last.body["window_s"]) == ("personal", 5.0, 2.0)
    assert list(made.finish(6_000_000_000)) == []


def test_a_reloaded_rate_of_summaries():
    """The rate of a reloaded configuration counts from the minute under way on."""
    made = door("research", summary_s=60.0)
    list(made.filter(report(1.0)))
    made.reconfigure(summary_s=2.0)
    assert "summary" in said(made.filter(report(3.0)))


def test_a_mute_forgets_what_was_under_way():
    """After a mute no episode goes on, the minute begins again, and numbers are drawn again."""
    mute = Mute()
    made = door("workplace", consent=True, summary_s=3.0, mute=mute)
    before = [said(made.filter(report(t_s))) for t_s in (1.0, 2.0)]
    mute.on = True
    assert list(made.filter(report(3.0))) == []
    mute.on = False
    after = [said(made.filter(report(t_s))) for t_s in (4.0, 5.0)]
    assert all("summary" not in hop for hop in (*before, *after))
    told = [event.body for hop in (*before, *after) for event in hop.get("event", [])]
    assert [(body["type"], body["id"], body["t_s"]) for body in told] == [
        ("start", "000001", 1.0),
        ("start", "000002", 4.0),
    ]
    names = [
        {one for pair in hop["live"][0].body["pairs"] for one in pair["pair"]}
        for hop in (before[0], after[0])
    ]
    assert names[0] != names[1]


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


def test_a_third_is_rounded_to_four_digits():
    """The share of measurable hops travels with four digits."""
    made = door("research", summary_s=2.0)
    unmeasured = tuple(one for one in report().measures if one.name != "mimicry_index")
    for message in (*made.filter(report(1.0)), *made.filter(report(2.0, measures=unmeasured))):
        assert message.kind != "summary"
    found = said(made.filter(report(3.0, measures=unmeasured)))
    assert found["summary"][0].body["measurable"] == 0.3333


def test_a_summary_is_a_minute_by_default():
    """A door of which nothing else is asked rolls up a minute."""
    made = Door(PrivacySection(profile="research"), muted=lambda: False, consent=lambda: False)
    assert "summary" not in said([*made.filter(report(0.0)), *made.filter(report(59.0))])
    assert "summary" in said(made.filter(report(60.0)))


SEEN = (
    Seen(person=3, seconds=100.0, missing={"turned": 0.123456}),
    Seen(person=7, seconds=50.0, missing={}),
    Seen(person=99, seconds=50.0, missing={"unconfirmed": 1.0}),
)


@pytest.mark.parametrize(
    ("profile", "people", "room", "persons"),
    [
        ("workplace", (3, 7), None, None),
        ("workplace", (3, 5, 7), {"turned": 0.0617, "unconfirmed": 0.25}, None),
        ("personal", (3, 5, 7), {"turned": 0.0617, "unconfirmed": 0.25}, [3, 7]),
        ("research", (3,), {"turned": 0.0617, "unconfirmed": 0.25}, [3]),
    ],
)
def test_missing_time_by_level(profile, people, room, persons):
    """The summary has the room's shares where its values are open, a person's where persons are; not live."""
    made = door(profile, consent=True, summary_s=1.0)
    given = {"people": people, "seen": SEEN, "measures": ()}
    (live,) = said(made.filter(report(1.0, **given)))["live"]
    (summary,) = said(made.filter(report(2.0, **given)))["summary"]
    assert not {"missing", "seen"} & set(live.body)
    assert summary.body.get("missing") == room
    if persons is None:
        assert "seen" not in summary.body
    else:
        assert [one["id"] for one in summary.body["seen"]] == persons
        assert summary.body["seen"][0] == {"id": 3, "seconds": 100.0, "missing": {"turned": 0.1235}}


LAGS = {f"lag_{tenth / 10:+.1f}_s": tenth / 1000 for tenth in range(-50, 51, 2)}
"""Points of a lag profile of five seconds on both sides."""


@pytest.mark.parametrize(
    ("profile", "people", "pairs"),
    [
        ("workplace", (3, 5, 7), None),
        ("personal", (3, 5, 7), [[3, 7]]),
        ("research", (3, 5, 7), [[3, 7]]),
    ],
)
def test_lag_profiles_by_level(profile, people, pairs):
    """The summary has a pair's curve where single people are shown, never at the workplace; live has none."""
    made = door(profile, consent=True, summary_s=1.0)
    curved = replace(measured("expression_synchrony", (3, 7)), extra=LAGS | {"lag_mu": 0.01, "lag_sd": 0.05})
    given = {"people": people, "measures": (curved, measured("expression_synchrony", (3, 5)))}
    (live,) = said(made.filter(report(1.0, **given)))["live"]
    (summary,) = said(made.filter(report(2.0, **given)))["summary"]
    assert "lag_profiles" not in live.body
    shown = summary.body.get("lag_profiles")
    assert (None if shown is None else [one["pair"] for one in shown]) == pairs


@pytest.mark.parametrize(
    ("step", "first_s", "step_s", "points"), [(2, -5.0, 0.6, 17), (5, -5.0, 0.5, 21), (100, -5.0, 10.0, 2)]
)
def test_a_lag_profile_is_thinned(step, first_s, step_s, points):
    """At most 25 points of two decimals at even steps, an unmeasurable one null; without its null nothing."""
    extra = {f"lag_{tenth / 10:+.1f}_s": tenth / 100 for tenth in range(-50, 51, step)}
    extra |= {"lag_-5.0_s": float("nan"), "lag_mu": 0.01234567, "lag_sd": 0.05}
    pair = replace(measured("expression_synchrony", (3, 7)), extra=extra)
    got = content.lag_profile(pair, {3: 103, 7: 107})
    assert got.pop("z") == [None, *(round(-0.5 + 0.1 * k * step_s, 2) for k in range(1, points))]
    assert got == {"pair": [103, 107], "first_s": first_s, "step_s": step_s, "mu": 0.0123, "sd": 0.05}
    assert content.lag_profile(replace(pair, extra=extra | {"lag_sd": None}), {3: 3, 7: 7}) is None
