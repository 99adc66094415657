"""What the state machine tells and keeps: since when, by whom, at once after a start, and each file once."""

import logging

import pytest

from edge.config.sections import PrivacySection
from edge.privacy import PrivacyState
from edge.privacy.file import COPY, NAME, Facts
from edge.records import Command

NOW_S = 1_800_000_000.0
QUIET = dict.fromkeys(("local", "remote", "room", "booking", "hub", "policy"), False)


def privacy(folder, now_s=NOW_S, **more):
    """Return a machine on the folder."""
    return PrivacyState(PrivacySection(**more), folder, now_s)


def ask(on, *, until_s=None):
    """Return a request of the building."""
    return Command(kind="privacy", body={"on": on, "by": "porter", "until_s": until_s})


def booked(start_s, end_s, *, consent):
    """Return a booking."""
    return Command(kind="booking", body={"id": "b", "start_s": start_s, "end_s": end_s, "consent": consent})


def test_the_payload_of_a_mute(tmp_path):
    """State, sources, who asked, until and since when; a second request for the same changes no `since`."""
    machine = privacy(tmp_path, profile="research")
    assert machine.payload() == {
        "state": "OFF",
        "sources": QUIET,
        "by": "default_at_boot",
        "until_s": None,
        "since_s": None,
        "profile": "research",
        "consent": False,
    }
    machine.handle(ask(True, until_s=NOW_S + 60), NOW_S)
    muted = machine.payload() | {"state": "ON", "sources": QUIET | {"remote": True}, "by": "porter"}
    assert machine.payload() == muted | {"until_s": NOW_S + 60, "since_s": NOW_S}
    machine.handle(ask(True, until_s=NOW_S + 60), NOW_S + 5)
    assert machine.payload()["since_s"] == NOW_S
    machine.tick(NOW_S + 60, 60.0)
    over = machine.payload()
    assert (over["state"], over["by"], over["since_s"]) == ("OFF", "expiry", NOW_S + 60)


def test_a_booking_counts_from_its_start_to_its_end(tmp_path):
    """A booking is in force from its first second up to its end, and without consent it mutes just then."""
    machine = privacy(tmp_path)
    machine.handle(booked(NOW_S + 10, NOW_S + 20, consent=False), NOW_S)
    told = [machine.tick(NOW_S + s, s) or machine.muted for s in (9.9, 10.0, 19.9)]
    assert told == [False, True, True]
    assert machine.tick(NOW_S + 20, 20.0) is True
    assert machine.muted is False


@pytest.mark.parametrize(
    ("end_s", "consent", "expected"), [(9, True, True), (-9, True, False), (9, False, False)]
)
def test_consent_is_that_of_a_booking_in_force(tmp_path, end_s, consent, expected):
    """Consent needs a booking that has it and is not over; the next process knows it at once."""
    privacy(tmp_path).handle(booked(0.0, NOW_S + end_s, consent=consent), NOW_S)
    again = privacy(tmp_path)
    assert again.consent is expected
    assert again.payload()["sources"] == QUIET | {"booking": end_s > 0 and not consent}


def test_no_booking_is_never_in_force(tmp_path):
    """A device whose clock stands at 1970 is not muted by a booking that nobody made."""
    for now_s in (0.0, 0.5, 1.0, 1.5):
        assert privacy(tmp_path / str(now_s), now_s).muted is False
    assert Facts() == Facts(local=False, remote=False, room=False)


@pytest.mark.parametrize(
    ("step_s", "moved_s"), [(5.0, 0.0), (-5.0, 0.0), (5.5, 5.5), (7.0, 7.0), (-7.0, -7.0)]
)
def test_a_step_of_the_clock_is_more_than_five_seconds(tmp_path, step_s, moved_s):
    """A wall clock that is set by more than five seconds moves the end of a mute by as much."""
    machine = privacy(tmp_path)
    machine.tick(NOW_S, 0.0)
    machine.handle(ask(True, until_s=NOW_S + 60), NOW_S)
    machine.tick(NOW_S + 1 + step_s, 1.0)
    assert machine.payload()["until_s"] == NOW_S + 60 + moved_s


def test_damaged_files_ask_for_mute_twice(tmp_path):
    """With both copies damaged the button and the building's switch both ask for mute, and it is told why."""
    for name in (NAME, COPY):
        (tmp_path / name).write_text("{")
    machine = privacy(tmp_path)
    assert machine.sources() == QUIET | {"local": True, "remote": True}
    assert machine.payload()["by"] == "damaged state"


def test_facts_are_written_when_they_change(tmp_path):
    """The passing of time writes nothing, so that a card does not wear; a request does."""
    machine = privacy(tmp_path / "not" / "there")
    machine.handle(ask(True), NOW_S)
    (tmp_path / "not/there" / NAME).unlink()
    for second in range(5):
        machine.tick(NOW_S + second, float(second))
    assert not (tmp_path / "not/there" / NAME).exists()
    machine.set_local(NOW_S, on=True)
    assert (tmp_path / "not/there" / NAME).exists()


def test_changes_are_logged_and_nothing_else(tmp_path, caplog):
    """Each change of the effective state is one line with its sources; a request without effect is none."""
    caplog.set_level(logging.INFO)
    machine = privacy(tmp_path)
    for on in (True, True, False, False):
        machine.handle(ask(on), NOW_S)
    assert [record.getMessage() for record in caplog.records] == [
        "privacy on, asked by: remote",
        "privacy off, asked by: nobody",
    ]


def test_the_hub_is_there_unless_it_is_said_to_be_gone(tmp_path):
    """A tick that says nothing about the hub takes it to be there."""
    machine = privacy(tmp_path, on_hub_lost="mute")
    assert machine.tick(NOW_S, 0.0) is True
    assert machine.muted is False
