"""Summaries at the door: their minute, their reasons and the curves that they carry."""

from dataclasses import replace

import pytest

from edge.config.sections import PrivacySection
from edge.missing import Seen
from edge.privacy import Door, content
from tests.privacy.scene import Mute, door, measured, report, said


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
