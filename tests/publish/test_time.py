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
    clock.step(4)
    clock.wall, clock.is_synced = RIGHT, True
    body = json.loads(envelope.packet(row).payload)
    assert (body["clock"], body["historical"]) == ("synced", False)
    assert (body["time"], body["start"], body["end"]) == (
        "2027-01-15T07:59:56.000Z",
        "2027-01-15T07:59:46.000Z",
        None,
    )


def test_what_waited_is_history():
    """After more than 5 s a result is marked with its age; a summary has a topic of its own, nothing kept."""
    clock = SetClock(RIGHT)
    envelope = _envelope(clock)
    rows = [
        envelope.row(kind, f"b/mimicry/{name}", EPISODE, (clock.wall, clock.mono), retain=kind == SUMMARY)
        for kind, name in ((SUMMARY, "summary"), (EVENT, "event"))
    ]
    clock.step(5)
    fresh = [envelope.packet(row) for row in rows]
    clock.step(0.001)
    late = [envelope.packet(row) for row in rows]
    event = ("b/mimicry/event", False)
    assert [(one.topic, one.retain) for one in fresh] == [("b/mimicry/summary", True), event]
    assert [(one.topic, one.retain) for one in late] == [("b/mimicry/history", False), event]
    bodies = [json.loads(one.payload) for one in (*fresh, *late)]
    assert [(one["historical"], one["age_s"]) for one in bodies] == [(False, 5.0)] * 2 + [(True, 5.001)] * 2
    assert late[0].expiry_s == 7 * 86_400 - 6
    assert late[0].user[0] == ("schema", "mimicry.summary/1")


def test_an_unknown_age_is_history_and_never_expires():
    """A row of an earlier run under a clock that was not set: old, of unknown age, never dropped for it."""
    clock = SetClock(RIGHT)
    envelope = _envelope(clock)
    row = replace(_row(envelope, clock), boot="00000000", synced=False, wall_ns=0)
    assert envelope.age_ns(row) is None
    assert envelope.expired(row) is False
    body = json.loads(envelope.packet(row).payload)
    assert (body["historical"], body["age_s"]) == (True, None)
    assert envelope.expired(replace(row, synced=True, wall_ns=RIGHT - 8 * DAY)) is True


def test_the_time_daemon_is_believed(tmp_path):
    """Where the kernel may not be asked, the flag of systemd-timesyncd says that the clock is set."""
    clock, flag = SystemClock(tmp_path), tmp_path / "run/systemd/timesync/synchronized"
    before = clock.synced()
    flag.parent.mkdir(parents=True)
    flag.touch()
    assert (before, clock.synced()) == (False, True)


def test_after_an_outage_only_the_newest_is_the_present(broker, listener, publisher):
    """The summaries of an outage come in order and with their ages; dashboards read the last one only."""
    clock = SetClock()
    one = publisher(broker.port, clock=clock, start=False)
    for minute in range(8):
        one.publish_summary({"t_s": 5.0 * minute, "people": minute, "start_s": 0.0})
        clock.step(5)
    one.start()
    past = [json.loads(message.payload) for message in listener.wait_for("mimicry/history", 7)]
    (now,) = [json.loads(message.payload) for message in listener.wait_for("mimicry/summary")]
    assert [body["people"] for body in past] == list(range(7))
    assert [body["age_s"] for body in past] == [5.0 * (8 - minute) for minute in range(7)]
    assert (now["people"], now["historical"], now["age_s"]) == (7, False, 5.0)
