"""The door: nothing passes that profile, mute, number of people or consent forbid."""

import json
import tempfile
from pathlib import Path

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.config.sections import PrivacySection
from edge.privacy import Door, PrivacyState
from edge.records import Command
from tests.publish.scene import report

NOW_S = 1_800_000_000.0
PROFILES = st.sampled_from(["workplace", "personal", "research"])
PEOPLE = st.lists(st.integers(50, 99), unique=True, max_size=6)


def door(*, muted=lambda: False, consent=lambda: False, **more):
    """Return a door with short summaries."""
    return Door(PrivacySection(**more), muted=muted, consent=consent, summary_s=3.0)


def text_of(messages):
    """Return everything said, as text."""
    return json.dumps([message.body for message in messages], default=str)


@given(
    profile=PROFILES, crowds=st.lists(PEOPLE, min_size=1, max_size=8), seed=st.integers(0, 99), data=st.data()
)
@settings(max_examples=200, deadline=None)
def test_nothing_forbidden_passes(shm, profile, crowds, seed, data):
    """Over any meeting: muted says nothing, below k no measure, at a workplace nobody and no pair unasked."""
    rules, rng = PrivacySection(profile=profile), np.random.default_rng(seed)
    machine = PrivacyState(rules, Path(tempfile.mkdtemp(dir=shm)), NOW_S)
    out = door(muted=lambda: machine.muted, consent=lambda: machine.consent, profile=profile)
    for second, people in enumerate(crowds):
        muted, consent = data.draw(st.booleans()), data.draw(st.booleans())
        machine.set_local(NOW_S, on=muted)
        body = {"id": "b", "start_s": 0.0, "end_s": NOW_S + 9 * consent, "consent": consent}
        machine.handle(Command(kind="booking", body=body), NOW_S)
        messages = list(out.filter(report(rng, second, sorted(people))))
        messages += out.live(report(rng, second, sorted(people)))
        frames = list(out.frames(report(rng, second, sorted(people)).expressions))
        assert (0 if muted or profile == "workplace" else len(people)) == len(frames)
        if muted:
            assert messages == []
            continue
        assert {profile == "personal"} == {message.local for message in messages}
        if profile == "workplace":
            _check_workplace(messages, people, consent)


def _check_workplace(messages, people, consent):
    assert not {m.kind for m in messages} & {"movement", "coupling"}
    for message in messages:
        assert not {"people", "movements", "signals", "person"} & set(message.body) - {"people"}
        if message.kind == "live":
            assert "people" not in message.body
        subjects = [pair["pair"] for pair in message.body.get("pairs", [])]
        subjects += [message.body[key] for key in ("tracks", "subject") if message.body.get(key)]
        if message.kind in {"live", "measure"} and len(people) < 3:
            assert subjects == []
            assert message.body.get("index") is None
        if not consent and message.kind in {"live", "measure"}:
            assert subjects == []
        for subject in subjects:
            assert len(subject) == 2
            assert all(number >= 100 for number in subject), "a tracker's own number left the device"


def test_a_mute_between_two_messages_stops_the_second():
    """A mute that comes while messages are being taken stops the next one."""
    asked = []
    messages = door(muted=lambda: bool(asked), profile="research").filter(
        report(np.random.default_rng(1), 1, [1, 2, 3])
    )
    next(messages)
    asked.append("mute")
    assert list(messages) == []


def test_consent_that_ends_closes_the_pairs():
    """At a workplace pairs are open at the very hops at which consent is in force."""
    granted, rng = [True], np.random.default_rng(1)
    machine = door(consent=lambda: granted[0])
    for granted[0] in (True, False, True):
        (live,) = machine.live(report(rng, 1, [1, 2, 3]))
        assert granted[0] == ("pairs" in live.body)


def test_numbers_are_drawn_anew_for_each_meeting():
    """At the workplace a person's number is another one after the room was empty."""
    machine, rng = door(consent=lambda: True), np.random.default_rng(1)
    seen = set()
    for meeting in range(20):
        (live,) = machine.live(report(rng, 2 * meeting, [1, 2, 3]))
        seen |= {tuple(pair["pair"]) for pair in live.body["pairs"]}
        list(machine.filter(report(rng, 2 * meeting + 1, [])))
    assert len(seen) > 50


def test_a_room_that_is_never_empty_never_runs_out_of_numbers():
    """However many people come and go without a pause, each pair present has numbers of its own."""
    machine, rng = door(consent=lambda: True), np.random.default_rng(1)
    for second in range(450):
        people = [*range(2 * second % 990 + 1, 2 * second % 990 + 5)]
        (live,) = machine.live(report(rng, second, people))
        assert len({one for pair in live.body["pairs"] for one in pair["pair"]}) == 4


def test_an_episode_keeps_its_number():
    """Start, updates and end of an episode carry one id, in this order, with growing times."""
    machine, rng = door(profile="research"), np.random.default_rng(3)
    events = {}
    for second in range(300):
        for message in machine.filter(report(rng, second, [1, 2, 3])):
            if message.kind == "event":
                events.setdefault(message.body["id"], []).append(message.body)
    assert len(events) > 5
    for story in events.values():
        kinds = [body["type"] for body in story]
        assert kinds[0] == "start"
        assert set(kinds[1:-1]) <= {"update"}
        assert len({body["start_s"] for body in story}) == 1
        assert [body["t_s"] for body in story] == sorted(body["t_s"] for body in story)


def test_not_measurable_is_null():
    """A value without a measurement is null in every message, never 0."""
    machine, rng = door(profile="research"), np.random.default_rng(5)
    said = [m for s in range(20) for m in machine.filter(report(rng, s, [1, 2, 3]))]
    assert "NaN" not in text_of(said)
    values = [m.body["value"] for m in said if m.kind == "measure" and m.body["state"] == "insufficient"]
    assert {None} == set(values)


@given(profile=PROFILES, people=PEOPLE, k_people=st.integers(3, 5))
@settings(max_examples=100, deadline=None)
def test_health_says_what_few_people_do_in_research_only(profile, people, k_people):
    """At a workplace from `k_people` on, personally never, in research as soon as anybody is there."""
    out = door(profile=profile, k_people=k_people)
    least = {"workplace": k_people, "personal": 99, "research": 1}[profile]
    assert out.tells(report(np.random.default_rng(1), 1, sorted(people))) == (len(people) >= least)
    assert not out.tells(None)
