"""What a message says about time: before and after the clock was set, fresh and from the spool."""

import json
from dataclasses import replace

from edge.publish import SystemClock
from edge.publish.durable.envelope import Envelope
from edge.publish.durable.row import EVENT, SUMMARY
from tests.publish.clocks import SetClock

SECOND = 1_000_000_000
DAY = 86_400 * SECOND
RIGHT = 1_800_000_000 * SECOND
EPISODE = {"t_s": 100.0, "start_s": 90.0, "end_s": None}


def _envelope(clock, boot="00000001"):
    return Envelope(clock, boot, 7 * DAY)


def _row(envelope, clock, kind=EVENT):
    return envelope.row(kind, "b/mimicry/event", EPISODE, (clock.wall, clock.mono), retain=kind == SUMMARY)


def test_an_unsynchronised_clock_is_said():
    """Before the clock was set a message says so."""
    clock = SetClock(0, synced=False)
    envelope = _envelope(clock)
    body = json.loads(envelope.packet(_row(envelope, clock)).payload)
    assert (body["clock"], body["time"]) == ("unsynced", "1970-01-01T00:00:00.000Z")


def test_times_are_corrected_once_the_clock_is_set():
    """A result that waited while the clock was set leaves with the times it should have had."""
    clock = SetClock(0, synced=False)
    envelope = _envelope(clock)
    row = _row(envelope, clock)
    clock.step(20)
    clock.wall, clock.is_synced = RIGHT, True
    body = json.loads(envelope.packet(row).payload)
    assert (body["clock"], body["historical"]) == ("synced", False)
    assert (body["time"], body["start"], body["end"]) == (
        "2027-01-15T07:59:40.000Z",
        "2027-01-15T07:59:30.000Z",
        None,
    )


def test_what_waited_a_minute_is_history():
    """After more than 60 s a result is marked, and a summary no longer becomes the topic's kept value."""
    clock = SetClock(RIGHT)
    envelope = _envelope(clock)
    row = _row(envelope, clock, SUMMARY)
    clock.step(60)
    packet = envelope.packet(row)
    assert (json.loads(packet.payload)["historical"], packet.retain) == (False, True)
    clock.step(1)
    packet = envelope.packet(row)
    assert (json.loads(packet.payload)["historical"], packet.retain) == (True, False)
    assert packet.expiry_s == 7 * 86_400 - 61


def test_an_unknown_age_is_history_and_never_expires():
    """A row of an earlier run under a clock that was not set: old, of unknown age, never dropped for it."""
    clock = SetClock(RIGHT)
    envelope = _envelope(clock)
    row = replace(_row(envelope, clock), boot="00000000", synced=False, wall_ns=0)
    assert envelope.age_ns(row) is None
    assert envelope.expired(row) is False
    body = json.loads(envelope.packet(row).payload)
    assert body["historical"] is True
    assert envelope.expired(replace(row, synced=True, wall_ns=RIGHT - 8 * DAY)) is True


def test_the_time_daemon_is_believed(tmp_path):
    """Where the kernel may not be asked, the flag of systemd-timesyncd says that the clock is set."""
    clock, flag = SystemClock(tmp_path), tmp_path / "run/systemd/timesync/synchronized"
    before = clock.synced()
    flag.parent.mkdir(parents=True)
    flag.touch()
    assert (before, clock.synced()) == (False, True)
