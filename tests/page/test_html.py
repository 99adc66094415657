"""What the page writes, from payloads as devices send them: words, escapes, damage, bounds."""

import itertools
import random
from datetime import UTC
from xml.etree import ElementTree as ET

import pytest

from edge.hub import Item
from edge.page import curves, lags, plan, room, rooms
from edge.page.choice import Choice
from edge.view import DeviceView
from edge.view.countdown import countdown
from edge.view.safe import UNREADABLE
from edge.view.words import evidence_words, span
from tests.page.payloads import HEALTH, MUTED, NOW_S, OPEN, fleet_of, read
from tests.view import scenes

PARTS = {
    "head": lambda view: room.head(view, 1.0),
    "verdict": room.verdict,
    "pairs": room.pairs,
    "missing": room.missing,
    "happenings": lambda view: room.happenings(view, UTC),
    "curves": curves.curves,
    "plan": plan.plan,
    "lags": lags.profiles,
}


def met(seconds=70, **changes):
    """Return a view of a meeting."""
    view = DeviceView(device="dev-1")
    for second in range(seconds):
        view.update("live", scenes.live(float(second), **changes), float(second))
    view.update("health", HEALTH, 0.0)
    view.update("privacy", OPEN, 0.0)
    view.update("summary", scenes.curved(view.live["pairs"]), 0.0)
    return view


@pytest.mark.parametrize(("name", "part"), PARTS.items(), ids=PARTS)
def test_every_part_is_well_formed(name, part):
    """Each part of a room parses, of nobody, of one, of twelve, muted and before anything was heard."""
    for view in (DeviceView(), *(met(ids=tuple(range(count))) for count in (0, 1, 2, 3, 12))):
        read(part(view))
    muted = met()
    muted.update("privacy", MUTED, 0.0)
    words = read(part(muted))
    assert "3 and 7" not in words
    assert "person 3" not in words


def test_a_found_pair_is_words_a_bar_and_a_number():
    """Who follows whom by how much, the state, the odds, the bar at its share of 1000 to 1, the number."""
    pair = scenes.pair(3, 7, "above", 0.7, 8.1) | {
        "evidence": 1.5,
        "leader": 3,
        "lag_low_s": 0.6,
        "lag_high_s": 0.8,
    }
    html = room.pairs(met(pairs=[scenes.pair(7, 12, "at_chance", 0.1, 0.2), pair]))
    words = read(html)
    assert words.index("7 follows 3 by 0.70 s") < words.index("7 and 12")
    assert "32 to 1 against chance" in words
    assert "+1.5" in words
    assert "between 0.60 and 0.80 s" in words
    assert "width:50%" in html


def test_a_lag_profile_is_drawn_and_in_words():
    """The lag that was found is marked at its place and named; a pair at chance has its curve and no mark."""
    found = scenes.pair(3, 7, "above", 0.7, 8.1) | {"leader": 3}
    html = lags.profiles(met(pairs=[scenes.pair(7, 12, "at_chance", 0.1, 0.2), found]))
    first, second = ET.fromstring(f"<all>{html}</all>").iter("figure")
    assert first.find("figcaption").text == "7 follows 3 by 0.70 s: ▲ above chance"
    assert "highest, 0.32, at a lag of +0.8 s; 95 % of far lags lie between -0.07 and 0.09" in html
    peak = [line.get("x1") for line in first.iter("line") if line.get("class") == "peak"]
    assert [float(x) for x in peak] == [pytest.approx(300 * 2.7 / 4)]
    assert "+2.0 s: 3 moves first" in read(html)
    assert second.find("figcaption").text == "7 and 12: ≈ at chance"
    assert [line.get("class") for line in second.iter("line")] == ["zero"]


def test_a_lag_profile_has_gaps_and_a_scale():
    """A lag that was not measurable breaks the curve; points and band stay inside the drawing."""
    view = met()
    curve = view.summary["lag_profiles"][0]
    curve["z"][10] = None
    drawn = lags.profiles(view).split("<figure")[1]
    (path,) = [
        one.get("d")
        for one in ET.fromstring("<figure" + drawn.split("</figure>")[0] + "</figure>").iter("path")
    ]
    assert path.count("M") == 2
    heights = [float(point.split(" ")[1]) for point in path[1:].replace("M", "L").split("L")]
    assert 0 < min(heights) < max(heights) < 96


@pytest.mark.parametrize(
    ("bans", "words"),
    [
        (None, "not enough data"),
        (0.0, "no evidence against chance"),
        (-2.0, "no evidence against chance"),
        (0.5, "3.2 to 1 against chance"),
        (3.0, "1,000 to 1 against chance"),
        (9.0, "more than 1,000,000 to 1 against chance"),
    ],
)
def test_evidence_in_words(bans, words):
    """The odds, from none to more than a million."""
    assert evidence_words(bans) == words


def test_spans_are_read_as_people_say_them():
    """Seconds, minutes, hours."""
    assert [span(s) for s in (-1, 59.9, 130, 3900)] == ["0 s", "59 s", "2 min 10 s", "1 h 5 min"]
    assert [span(s) for s in (60, 3600, 3659, 90000)] == ["1 min", "1 h", "1 h", "25 h"]


def test_the_countdown_names_time_and_who_delays():
    """Time together of three minutes, counted from the summary where the page came late; then nothing."""
    waiting = [scenes.pair(3, 7, "insufficient"), scenes.pair(3, 12, "insufficient")]
    view = met(seconds=71, pairs=waiting, state="insufficient")
    assert countdown(view) == "1 min 10 s of 3 min together"
    seen = [
        {"id": one, "seconds": 120.0, "missing": {"turned": 0.6} if one == 7 else {}} for one in (3, 7, 12)
    ]
    view.update("summary", {"t_s": 70.0, "seen": seen}, 0.0)
    assert countdown(view) == "2 min of 3 min together; person 7 is turned away 60% of the time"
    assert countdown(met()) == ""


def test_a_pair_without_a_verdict_says_why():
    """The reason stands beside the state in words; a word that no schema has is left out."""
    for reason, words in (
        ("absent", "data: one of them has not been seen for half a minute"),
        ("odd", "data"),
    ):
        told = room.pairs(met(pairs=[scenes.pair(3, 7, "insufficient") | {"reason": reason}]))
        assert f"not enough {words}<" in told


def test_the_countdown_of_one_person_and_of_a_workplace():
    """One person alone, two where three are needed, and a room whose level is closed to people."""
    alone = met(ids=(3,), pairs=[], state="insufficient")
    assert countdown(alone) == "Two people are needed before anything can be judged."
    view = DeviceView()
    view.update("live", {"t_s": 1.0, "count": 2, "state": "insufficient", "profile": "workplace"}, 0.0)
    assert countdown(view) == "2 present: the room is judged from three people on."
    view.update("live", {"t_s": 2.0, "count": 3, "state": "insufficient", "profile": "workplace"}, 0.0)
    assert "three minutes together" in countdown(view)


def test_people_sit_as_published_and_the_arrow_goes_to_who_follows():
    """Dots from left to right in the order of the payload; a tip only where who moves first is certain."""
    view = met(ids=(12, 3, 7))
    drawn = ET.fromstring(plan.plan(view))
    names = [one.text for one in drawn.iter("text") if one.get("class") is None]
    assert names == ["12", "3", "7"]
    assert "marker-end" not in plan.plan(view)
    decided = scenes.pair(3, 7, "above", 0.7, 8.1) | {"leader": 3}
    assert "marker-end" in plan.plan(met(ids=(12, 3, 7), pairs=[decided]))


def test_a_hostile_name_stays_text():
    """What a device calls itself or publishes as a reason is escaped everywhere."""
    evil = "<img src=x onerror=alert(1)>"
    fleet = fleet_of(**{evil: {"health": {"why": evil, "software": evil, "condition": evil}}})
    view = met()
    view.update("health", HEALTH | {"software": evil, "missing": {evil: 0.5}, "mode": evil}, 0.0)
    html = rooms.table(fleet, Choice(), UTC) + room.head(view, 1.0) + room.missing(view)
    html += rooms.search(Choice(q=evil, sort=evil)) + room.happenings(view, UTC)
    assert "<img" not in html
    assert "&lt;img" in html


def _broken(rng, value):
    """Return a payload in which something has another type."""
    if isinstance(value, dict) and value and rng.random() < 0.8:
        name = rng.choice(sorted(value))
        return value | {name: _broken(rng, value[name])}
    if isinstance(value, list) and value and rng.random() < 0.8:
        return [_broken(rng, value[0]), *value[1:]]
    return rng.choice([None, -1, 1e400, "x", [], {}, [None], {"a": 1}, True])


def test_damaged_payloads_cost_a_line_and_no_more():
    """Whatever has another type than the contract says, no part raises what the page does not catch."""
    rng = random.Random(5)
    for _ in range(150):
        view, fleet = met(seconds=3), fleet_of(a={})
        sent = {
            "live": scenes.live(9.0),
            "health": HEALTH,
            "privacy": OPEN,
            "summary": scenes.curved(scenes.live(9.0)["pairs"]) | {"seen": []},
        }
        for kind, body in sent.items():
            try:
                view.update(kind, _broken(rng, body), 0.0)
            except UNREADABLE:
                continue
        health = HEALTH | {name: _broken(rng, HEALTH[name]) for name in ("sys", "spool")}
        fleet.update(Item("a", "health", health, base="hq/devices/a"), NOW_S)
        for part in (*PARTS.values(), lambda _view, fleet=fleet: rooms.table(fleet, Choice(), UTC)):
            try:
                part(view)
            except UNREADABLE:
                continue


def test_eight_hours_leave_nothing_behind():
    """After eight simulated hours of people who come and go a view holds no more than after two minutes."""
    view, most = DeviceView(), {"people": 0, "samples": 0, "happenings": 0, "episodes": 0}
    for minute, second in itertools.product(range(8 * 60), (0.0, 30.0)):
        t_s, first = 60.0 * minute + second, 3 * (minute // 5)
        body = scenes.live(0.0, ids=(first, first + 1, first + 2)) | {"t_s": t_s}
        view.update("live", body, t_s)
        view.update("event", {"id": str(t_s), "type": "start", "tracks": [first, first + 1]}, t_s)
        view.update("summary", {"t_s": t_s, "seen": [{"id": first, "seconds": 60.0, "missing": {}}]}, t_s)
        kept = {
            "people": max(len(view.samples), len(view.since)),
            "samples": sum(map(len, view.samples.values())),
            "happenings": len(view.happenings),
            "episodes": len(view.episodes),
        }
        most = {name: max(most[name], size) for name, size in kept.items()}
    assert most["people"] <= 6
    assert most["samples"] <= 3 * 5 + 3 * 4
    assert most["happenings"] == 200
    assert most["episodes"] <= 201
